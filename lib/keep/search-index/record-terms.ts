import type { TermSet } from './bloom.ts'
import type { RecordFields, SpanName } from './record-fields.ts'
import type { IndexedField } from './segment-index.ts'
import { hash, hashSpan, hashText } from './term-hash.ts'

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
const APP = 'app'

/** The terms of a record. */
export function addTerms(terms: TermSet, fields: RecordFields): void {
  addSpans(terms, fields, EVERYWHERE)
  if (fields.is('kind', AUDIT)) addSpans(terms, fields, IN_AUDIT)
  if (fields.span('kind').from === -1) addNumbered(terms, 'kind', APP)
  else addSpan(terms, fields, 'kind', 'kind')
  if (!Number.isNaN(fields.level)) addNumbered(terms, 'level', fields.level)
  const statusClass = Math.floor(fields.statusCode / 100)
  if (statusClass >= 1 && statusClass <= 9) addNumbered(terms, 'status', `${statusClass}xx`)
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

function addNumbered(terms: TermSet, field: IndexedField, value: string | number): void {
  hashText(field, String(value))
  terms.add(hash.a, hash.b)
}
