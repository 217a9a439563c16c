/**
 * Numbers that are secret by their form: cards, bank accounts, social security numbers.
 */
import { backslashesBefore, COLON, QUOTE } from '../bytes.ts'
import { cardEnd } from '../card.ts'
import { ibanEnd } from '../iban.ts'
import { depthOfQuote } from '../json-span.ts'
import { type Line, quoteText } from '../line.ts'
import type { Structured } from '../rules.ts'
import { ssnEnd } from '../ssn.ts'

type EndOf = (bytes: Uint8Array, at: number, start: number, end: number) => number

const cutBy =
  (endOf: EndOf, id: Structured) =>
  (line: Line, at: number): number => {
    const end = endOf(line.bytes, at, line.start, line.end)
    if (end === -1) return at + 1
    line.cut(at, end, line.rules.code(id), quoteForNumber(line, at))
    return end
  }

export const cutCard: (line: Line, at: number) => number = cutBy(cardEnd, 'card-number')
export const cutIban: (line: Line, at: number) => number = cutBy(ibanEnd, 'iban')
export const cutSsn: (line: Line, at: number) => number = cutBy(ssnEnd, 'us-ssn')

/** A number that is a JSON value must be replaced by a string. */
export function quoteForNumber(line: Line, at: number): Uint8Array {
  const { bytes, start } = line
  const depth = line.depths.at(at)
  if (line.json && depth === -1) return quoteText(0, QUOTE)
  if (bytes[at - 1] !== COLON || at - 2 < start || bytes[at - 2] !== QUOTE) return NOTHING
  const backslashes = backslashesBefore(bytes, at - 2, start)
  return depthOfQuote(backslashes) > depth ? quoteText(backslashes, QUOTE) : NOTHING
}
const NOTHING = new Uint8Array(0)
