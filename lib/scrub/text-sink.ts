import { errorCode } from '../errors.ts'
import { bytesOf, OPEN_BRACE } from './bytes.ts'
import type { Cut } from './line.ts'

/** Where a text goes piece by piece, with what must be cut from it. */
export interface TextSink {
  /**
   * Takes the next piece of the text, `bytes[start, end)`, with the cuts in it, in order and apart from each
   * other. It is valid until this returns. What this throws counts as a failure of the piece.
   */
  take(bytes: Uint8Array, start: number, end: number, cuts: readonly Cut[], json: boolean): void
  /** Takes a piece that could not be looked at. */
  withhold(bytes: Uint8Array, start: number, end: number, error: unknown): void
}

export const NO_CUTS: readonly Cut[] = []

/** The cuts as far as they lie in `[start, end)`. */
export function cutsWithin(cuts: readonly Cut[], start: number, end: number): Cut[] {
  return cuts
    .filter((cut) => cut.start < end && cut.end > start)
    .map((cut) => ({ ...cut, start: Math.max(cut.start, start), end: Math.min(cut.end, end) }))
}

/** What stands for a piece that could not be made safe. It says nothing but the class of the error. */
export function stubFor(firstByte: number, error: unknown): Uint8Array {
  const msg = 'a line was withheld: it could not be made safe'
  const code = errorCode(error)
  return bytesOf(firstByte === OPEN_BRACE ? JSON.stringify({ level: 50, msg, code }) : `[${msg} (${code})]`)
}
