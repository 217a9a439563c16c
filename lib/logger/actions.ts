/**
 * A program's audit actions in one table, so that none is misspelt and none lacks what it is about.
 */
import { checkFields, refuse } from '../checks.ts'
import { HushlogError } from '../errors.ts'
import type { Audit, AuditEvent } from '../types.ts'

export interface ActionRule {
  /** `true`: each event names a target; `false`: none does. Default `true`. */
  target?: boolean
  /** `true`: each event gives a reason, whatever the outcome. Default `false`. */
  reason?: boolean
}

/** Names are `noun.verb`: words of letters, digits, `_` and `-`, joined by dots. */
export type ActionRules<T> = { [Name in keyof T]: Name extends `${string}.${string}` ? ActionRule : never }

type Field<Rule, Name extends keyof ActionRule, Must> = Rule extends { [_ in Name]: Must } ? true : false

/** What an event of one action holds: an audit event without the action, which is known. */
export type ActionEvent<Rule> = Omit<AuditEvent, 'action' | 'target' | 'reason'> &
  (Field<Rule, 'target', false> extends true ? { target?: never } : { target: string }) &
  (Field<Rule, 'reason', true> extends true ? { reason: string } : { reason?: string })

/** Anything with the method `audit`: a logger, a child, `req.log`. */
export interface AuditLogger {
  audit: Audit
}

export interface Action<Rule = ActionRule> {
  /** As `log.audit` with this action; rejects too when the target or the reason is missing (`HUSHLOG_AUDIT`). */
  (log: AuditLogger, event: ActionEvent<Rule>): Promise<void>
  /** The same with the outcome `denied`. */
  denied(log: AuditLogger, event: Omit<ActionEvent<Rule>, 'outcome'>): Promise<void>
}

export type Actions<T> = { readonly [Name in keyof T]: Action<T[Name]> }

const LONGEST_NAME = 64
const NAMES = `names like "order.refund": two words or more of a-z, A-Z, 0-9, _ and -, joined by dots, ${LONGEST_NAME} characters at most`

/**
 * Makes a typed function of each action: `actions['order.refund'](log, { actor, target, outcome })`. A misspelt action,
 * a missing actor, target or outcome does not compile.
 * @throws HushlogError `HUSHLOG_OPTION` for a name that is no action's, and for what a rule does not take
 */
export function defineActions<const T extends ActionRules<T>>(rules: T): Actions<T> {
  if (typeof rules !== 'object' || rules === null || Array.isArray(rules))
    refuse('actions', rules, 'an object with a rule for each action')
  const actions = Object.entries(rules).map(([name, rule]) => [
    name,
    actionOf(name, checkedRule(name, rule as ActionRule)),
  ])
  return Object.freeze(Object.fromEntries(actions))
}

function checkedRule(name: string, rule: ActionRule): ActionRule {
  if (!isActionName(name)) {
    const got = JSON.stringify(name.slice(0, LONGEST_NAME))
    throw new HushlogError('HUSHLOG_OPTION', `defineActions takes ${NAMES}; got ${got}`, {
      hint: hintFor(name),
    })
  }
  if (typeof rule !== 'object' || rule === null || Array.isArray(rule))
    refuse(`actions[${JSON.stringify(name)}]`, rule, 'an object: { target?, reason? }')
  checkFields(rule, ['target', 'reason'], `actions[${JSON.stringify(name)}].`)
  for (const [field, value] of Object.entries(rule))
    if (value !== undefined && typeof value !== 'boolean')
      refuse(`actions[${JSON.stringify(name)}].${field}`, value, 'true or false')
  return rule
}

function hintFor(name: string): string {
  return name.includes('.')
    ? 'only letters, digits, _ and - stand between the dots'
    : 'what is acted on comes first, then a dot and the verb'
}

function isActionName(name: string): boolean {
  const words = name.split('.')
  return name.length <= LONGEST_NAME && words.length > 1 && words.every(isWord)
}

function isWord(word: string): boolean {
  for (let i = 0; i < word.length; i++) if (!LETTERS.includes(word[i])) return false
  return word !== ''
}
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-'

function actionOf(action: string, rule: ActionRule): Action {
  const write = (log: AuditLogger, event: ActionEvent<ActionRule>) =>
    settled(log.audit({ ...event, action }), action, rule, event)
  const denied = (log: AuditLogger, event: Omit<ActionEvent<ActionRule>, 'outcome'>) =>
    settled(log.audit.denied({ ...event, action }), action, rule, event)
  return Object.freeze(Object.assign(write, { denied })) as Action
}

/** The record is written as far as it goes; the promise tells what it lacks. */
function settled(
  written: Promise<void>,
  action: string,
  { target = true, reason = false }: ActionRule,
  event: Partial<AuditEvent> | null | undefined,
): Promise<void> {
  const problems: string[] = []
  if (target !== isGiven(event?.target))
    problems.push(target ? 'a target is missing' : 'no target is expected')
  if (reason && !isGiven(event?.reason)) problems.push('a reason is missing')
  if (problems.length === 0) return written
  const refused = written.then(() => {
    throw new HushlogError('HUSHLOG_AUDIT', `an audit event ${action}: ${problems.join(', ')}`, {
      hint: 'the record was written as it is',
    })
  })
  refused.catch(() => {})
  return refused
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
