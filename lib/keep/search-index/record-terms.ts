import type { TermSet } from './bloom.ts'
import type { RecordFields, SpanName } from './record-fields.ts'
import type { IndexedField } from './segment-index.ts'
import { type Hash, hash, hashOf, hashSpan } from './term-hash.ts'

/** Where the values of fields stand; those of the second list in audit records alone. */
const EVERYWHERE: readonly (readonly [SpanName, IndexedField])[] = [
  ['operation', 'operation'],
  ['reqId', 'reqId'],
  ['user', 'user'],
  ['requestUser', 'user'],
  ['actor', 'user'],
  ['address', 'address'],
  ['requestAddress', 'address'],
]
const IN_AUDIT: readonly (readonly [SpanName, IndexedField])[] = [
  ['detailsAddress', 'address'],
  ['action', 'action'],
  ['outcome', 'outcome'],
]
const AUDIT = Buffer.from('audit')
/** What stands for the kind of records that tell none. */
const APP: Hash = hashOf('kind', 'app')
/** By their first digit. */
const STATUSES: readonly Hash[] = Array.from({ length: 10 }, (_, digit) => hashOf('status', `${digit}xx`))
/** Of pino's own. */
const LEVELS: Readonly<Record<number, Hash>> = Object.fromEntries(
  [10, 20, 30, 40, 50, 60].map((level) => [level, hashOf('level', String(level))]),
)

/** The terms of a record. */
export function addTerms(terms: TermSet, fields: RecordFields): void {
  addSpans(terms, fields, EVERYWHERE)
  if (fields.is('kind', AUDIT)) addSpans(terms, fields, IN_AUDIT)
  if (fields.span('kind').from === -1) addKnown(terms, APP)
  else addSpan(terms, fields, 'kind', 'kind')
  if (!Number.isNaN(fields.level)) addKnown(terms, levelTerm(fields.level))
  const statusClass = Math.floor(fields.statusCode / 100)
  if (statusClass >= 1 && statusClass <= 9) addKnown(terms, STATUSES[statusClass])
}

function addSpans(
  terms: TermSet,
  fields: RecordFields,
  spans: readonly (readonly [SpanName, IndexedField])[],
): void {
  for (let i = 0; i < spans.length; i++) addSpan(terms, fields, spans[i][0], spans[i][1])
}

function addSpan(terms: TermSet, fields: RecordFields, name: SpanName, field: IndexedField): void {
  const span = fields.span(name)
  if (span.from === -1) return
  hashSpan(field, fields.bytes, span)
  terms.add(hash.a, hash.b)
}

function addKnown(terms: TermSet, { a, b }: Hash): void {
  terms.add(a, b)
}

let heldLevel = Number.NaN
let heldTerm = hashOf('level', '')

function levelTerm(level: number): Hash {
  if (level === heldLevel) return heldTerm
  heldTerm = level in LEVELS ? LEVELS[level] : hashOf('level', String(level))
  heldLevel = level
  return heldTerm
}
