/**
 * Data about persons, for those who ask: one look at each byte tells where an address or a number may stand.
 */
import type { PiiKind } from '../types.ts'
import { AT, COLON, isDigit, OPEN_PAREN, PERCENT } from './bytes.ts'
import type { Line } from './line.ts'
import { cutEmail } from './matchers/email.ts'
import { hideIpv4, hideIpv6 } from './matchers/ip.ts'
import { cutInternational, cutNamedPhone, phoneNames } from './matchers/phone.ts'
import type { NameBefore } from './name-before.ts'

const PLUS = 0x2b
const NUMBER = 1
const OTHER = 2

export class Pii {
  readonly #kinds: ReadonlySet<PiiKind>
  readonly #actions = new Uint8Array(256)
  readonly #names: NameBefore | undefined

  constructor(kinds: ReadonlySet<PiiKind>) {
    this.#kinds = kinds
    this.#names = kinds.has('phone') ? phoneNames() : undefined
    if (kinds.has('email')) this.#actions[AT] = OTHER
    if (kinds.has('phone')) this.#actions[PLUS] = this.#actions[OPEN_PAREN] = OTHER
    if (kinds.has('phone') || kinds.has('email')) this.#actions[PERCENT] = OTHER
    if (kinds.has('ip')) this.#actions[COLON] = OTHER
    if (kinds.has('ip') || kinds.has('phone')) this.#actions.fill(NUMBER, 0x30, 0x3a)
  }

  /** Cuts what it finds in the text of a line. */
  cut(line: Line): void {
    const { bytes, start, end } = line
    const actions = this.#actions
    let before = 0
    for (let at = start; at < end; ) {
      const action = actions[bytes[at]]
      // After a digit a number is already under way, unless that digit is of an escape: `%20`.
      if (action === 0 || (action === NUMBER && isDigit(before) && bytes[at - 3] !== PERCENT))
        before = bytes[at++]
      else {
        at = this.#look(line, at)
        before = bytes[at - 1]
      }
    }
  }

  #look(line: Line, at: number): number {
    const byte = line.bytes[at]
    if (byte === AT) return cutEmail(line, at)
    if (byte === COLON) return hideIpv6(line, at)
    if (byte === PLUS) return cutInternational(line, at)
    if (byte === PERCENT) return this.#encoded(line, at)
    const next = this.#kinds.has('ip') && isDigit(byte) ? hideIpv4(line, at) : at + 1
    if (next > at + 1 || this.#names === undefined) return next
    return cutNamedPhone(line, at, this.#names)
  }

  #encoded(line: Line, at: number): number {
    const next = this.#kinds.has('email') ? cutEmail(line, at) : at + 1
    return next > at + 1 || !this.#kinds.has('phone') ? next : cutInternational(line, at)
  }
}
