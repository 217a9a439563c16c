/**
 * What a sealed segment says of its content, kept (and encrypted) with it: docs/format.md draws it.
 */
import type { Summary } from './summary.ts'

/** A field that can be looked up, and the value that a record must have there. */
export interface Term {
  field: IndexedField
  /** As text: a status class is `5xx`, a level its number. */
  value: string
}

/**
 * - `reqId`, `operation`: the record's own
 * - `user`: `req.user`, `actor`, or a `user` of the record's own that is a string
 * - `address`: `req.remoteAddress`, `details.remoteAddress` of audit records, or a `remoteAddress` of the record's own
 * - `status`: class of `res.statusCode`: `5xx`
 * - `level`: pino's number
 * - `kind`: `access`, `audit`, `gap` …; `app` for records without one
 * - `action`, `outcome`: of audit records
 */
export type IndexedField =
  | 'reqId'
  | 'operation'
  | 'user'
  | 'address'
  | 'status'
  | 'level'
  | 'kind'
  | 'action'
  | 'outcome'

export interface SegmentIndex {
  summary: Summary
  /**
   * The lines whose `kind` is neither `access` nor a frame's, in order: audit records, gaps, the store's own. Undefined
   * when they were too many to be held twice: the segment itself has them.
   */
  extract: Buffer[] | undefined
  /** Of each member of the gzip file. */
  members: readonly IndexedMember[]
  /**
   * Numbers of the members that may hold a record in which, of each of these lists, at least one term holds. Never
   * leaves out one that does; now and then names one that does not.
   */
  membersWith(allOf: readonly (readonly Term[])[]): number[]
}

export interface IndexedMember {
  /** Where in the text of the member the first line begins that begins in it; undefined when none does. */
  firstLine: number | undefined
  /** Times of the records that begin in it, milliseconds since the epoch; undefined when none tells one. */
  first: number | undefined
  last: number | undefined
}
