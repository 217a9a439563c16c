/**
 * Terms as two numbers of 32 bits each, made in one pass over their bytes: FNV-1a and a sum of the same kind with
 * another factor, each mixed at its end as MurmurHash3 does. docs/format.md says it step by step.
 */

import { stringText } from './json-bytes.ts'
import type { Span } from './record-fields.ts'
import type { IndexedField } from './segment-index.ts'

/** Of longer values only so many bytes are looked at: those that begin in the same way have the same hash. */
export const LONGEST_VALUE = 256

const FIELDS: readonly IndexedField[] = [
  'reqId',
  'operation',
  'user',
  'address',
  'status',
  'level',
  'kind',
  'action',
  'outcome',
]

const FACTOR = 0x01000193
const OTHER_FACTOR = 0x5bd1e995
/** Follows the bytes of a value that was cut. No UTF-8 has it. */
const CUT = 0xff

/** Each from 0 to 2³² - 1. */
export interface Hash {
  a: number
  b: number
}

/** What `hashSpan` has made last. */
export const hash: Hash = { a: 0, b: 0 }

const SEEDS = Object.fromEntries(FIELDS.map((field) => [field, seedOf(field)])) as Record<IndexedField, Hash>

export function hashOf(field: IndexedField, value: string): Hash {
  hashText(field, value)
  return { ...hash }
}

function hashText(field: IndexedField, value: string): void {
  const bytes = Buffer.from(value)
  hashBytes(field, bytes, 0, bytes.length)
}

/** Of a string's value as `JSON.parse` gives it and UTF-8 writes it. */
export function hashSpan(field: IndexedField, bytes: Buffer, { from, to, escaped }: Span): void {
  if (escaped) hashText(field, stringText(bytes, from, to, true))
  // Bytes that are no UTF-8 are another text when somebody reads them.
  else if (hashBytes(field, bytes, from, to) >= 0x80) hashText(field, bytes.toString('utf8', from, to))
}

/** Returns a number below 0x80 when all bytes that it saw are ASCII. */
function hashBytes(field: IndexedField, bytes: Uint8Array, from: number, to: number): number {
  let { a, b } = SEEDS[field]
  let seen = 0
  const end = Math.min(to, from + LONGEST_VALUE)
  for (let at = from; at < end; at++) {
    const byte = bytes[at]
    seen |= byte
    a = Math.imul(a ^ byte, FACTOR)
    b = Math.imul(b ^ byte, OTHER_FACTOR)
    b ^= b >>> 15
  }
  if (end < to) {
    a = Math.imul(a ^ CUT, FACTOR)
    b = Math.imul(b ^ CUT, OTHER_FACTOR)
    b ^= b >>> 15
  }
  hash.a = mixed(a)
  hash.b = mixed(b)
  return seen
}

function seedOf(field: IndexedField): Hash {
  let a = 0x811c9dc5 | 0
  let b = 0x9747b28c | 0
  for (const byte of Buffer.from(`${field}\0`)) {
    a = Math.imul(a ^ byte, FACTOR)
    b = Math.imul(b ^ byte, OTHER_FACTOR)
    b ^= b >>> 15
  }
  return { a, b }
}

function mixed(hash: number): number {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
