/**
 * `--fail-on LIST`: what makes the exit code 1, for cron and CI. `gaps>10,integrity`: more than ten gaps, or any fault.
 */
import { nearest } from '../checks.ts'
import { type Arguments, type Option, printable, usage } from './command.ts'

export const FAIL_ON: Option = {
  value: 'LIST',
  help: 'what makes the exit code 1: KIND or KIND>NUMBER, joined by commas',
}

export interface Condition {
  kind: string
  /** More than so many. */
  over: number
}

/**
 * The conditions of `--fail-on`; undefined without the option.
 * @param kinds that can be named
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function conditionsOf(args: Arguments, kinds: readonly string[]): Condition[] | undefined {
  const [list] = args.values('fail-on')
  return list?.split(',').map((text) => conditionIn(text.trim(), kinds))
}

function conditionIn(text: string, kinds: readonly string[]): Condition {
  const [kind, over, ...more] = text.split('>').map((part) => part.trim())
  if (!kinds.includes(kind)) {
    const near = nearest(kind, [...kinds])
    const hint = near === undefined ? `it takes ${kinds.join(', ')}` : `did you mean ${near}?`
    throw usage(`--fail-on: unknown kind ${printable(kind).slice(0, 40)}`, hint)
  }
  if (more.length > 0 || (over !== undefined && !isNumber(over)))
    throw usage(`--fail-on takes KIND or KIND>NUMBER, got ${printable(text).slice(0, 60)}`)
  return { kind, over: over === undefined ? 0 : Number(over) }
}

function isNumber(text: string): boolean {
  const isPlain = text !== '' && [...text].every((digit) => digit >= '0' && digit <= '9')
  return isPlain && Number.isSafeInteger(Number(text))
}

/** Those that hold, with the words that say so. */
export function failing(
  conditions: Condition[],
  counts: Record<string, number>,
): { kind: string; words: string }[] {
  const held = conditions.filter(({ kind, over }) => (counts[kind] ?? 0) > over)
  return held.map(({ kind, over }) => ({
    kind,
    words: `--fail-on: ${kind} is ${counts[kind]}, over ${over}`,
  }))
}
