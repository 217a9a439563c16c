/**
 * Audit records: who did what to what, and how it ended. Written past pino's levels, hooks and formatters, so that
 * nothing in a program's configuration can filter one away.
 */
import { isIP } from 'node:net'
import { HushlogError } from '../errors.ts'
import { hideBadWords } from '../scrub/bad-words.ts'
import { boundedCopy } from '../scrub/value.ts'
import { type AuditEvent, KIND } from '../types.ts'
import type { Pipeline } from './pipeline.ts'

const OUTCOMES = ['success', 'failure', 'denied'] as const
const INFO = 30
const WARN = 40
const MAX_TEXT = 1024

/**
 * Writes the record before it returns; the promise tells when it is forced to the disk. The promise may be left
 * alone: a rejection that nobody waits for does not end the program.
 */
export function writeAudit(pipeline: Pipeline, bindings: object, event: AuditEvent): Promise<void> {
  const problem = problemOf(event)
  const fields = fieldsOf(event)
  const level = fields.outcome === 'success' ? INFO : WARN
  const msg = `${fields.action} ${fields.outcome} by ${fields.actor}${fromWhere(fields.details)}`
  const kept = pipeline.push(pipeline.record(level, { ...bindings, ...fields }, msg), level, KIND.audit)
  const failure = problem ?? (kept ? undefined : dropped())
  const done = failure === undefined ? pipeline.sync() : Promise.reject(failure)
  done.catch(() => {})
  return done
}

/** The client's address, at the end where no actor can put one: what fail2ban reads. */
function fromWhere(details: unknown): string {
  const address = (details as { remoteAddress?: unknown } | null | undefined)?.remoteAddress
  if (typeof address !== 'string' || isIP(address) === 0) return ''
  return ` from ${address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address}`
}
/** An address of IPv4 in IPv6. */
const MAPPED = '::ffff:'

function dropped(): HushlogError {
  return new HushlogError(
    'HUSHLOG_FULL',
    'an audit record was dropped: callbacks log faster than lines are written',
  )
}

function problemOf(event: AuditEvent): HushlogError | undefined {
  const given = event as Partial<AuditEvent> | null | undefined
  const missing = (['action', 'actor'] as const).filter(
    (name) => typeof given?.[name] !== 'string' || given[name] === '',
  )
  if (!OUTCOMES.includes(given?.outcome as AuditEvent['outcome'])) missing.push('outcome' as 'actor')
  if (missing.length === 0) return undefined
  return new HushlogError(
    'HUSHLOG_AUDIT',
    `an audit event takes action and actor as text and outcome as one of ${OUTCOMES.join(', ')}; wrong or missing: ${missing.join(', ')}`,
    { hint: 'the record was written with "unknown" in their place' },
  )
}

/** An event that is incomplete is written all the same: half a trace is better than none. */
function fieldsOf(event: AuditEvent): Record<string, unknown> {
  const { action, actor, target, outcome, reason, details } = (event ?? {}) as Partial<AuditEvent>
  const fields: Record<string, unknown> = {
    kind: 'audit',
    action: bounded(action) ?? 'unknown',
    actor: bounded(actor) ?? 'unknown',
    target: bounded(target),
    outcome: OUTCOMES.includes(outcome as AuditEvent['outcome']) ? outcome : 'unknown',
    reason: bounded(reason),
  }
  if (details !== undefined) fields.details = hideBadWords(boundedCopy(details))
  return fields
}

function bounded(text: unknown): string | undefined {
  if (text === undefined || text === null || text === '') return undefined
  const plain = typeof text === 'string' ? text : typeof text === 'number' ? String(text) : typeof text
  return plain.length > MAX_TEXT ? `${plain.slice(0, MAX_TEXT).toWellFormed()}…` : plain
}
