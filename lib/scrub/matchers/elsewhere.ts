/**
 * Values that do not follow their separator: in the next lines, inside a call, behind a reference that may be missing.
 */
import { BACKSLASH, GREATER, indexOfByte, isQuote, LESS, skip } from '../bytes.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { gapAt } from './gap.ts'
import { isReference } from './placeholder.ts'
import { readsAsRandom } from './reads.ts'
import { cutIfSecret } from './string-value.ts'
import { textRunEnd } from './text-run.ts'
import { cutValue } from './value.ts'
import { blockScalar, fallbackString, hereDocument, insideCall } from './value-start.ts'

/** Cuts such a value and returns where to go on; -1 when there is none. */
export function cutElsewhere(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end, rules } = line
  const block = blockScalar(bytes, from, end)
  if (block !== undefined) {
    line.cutUnlessMarked(block.from, block.to, rules.keyCode(row))
    return block.to
  }
  const document = hereDocument(bytes, from, end)
  if (document !== -1) return cutNextLine(line, document, row, name)
  if (bytes[from] === LESS) return cutAngled(line, from, row)
  const gap = gapAt(bytes, from, end, MAX_GAP)
  if (gap.lines > 0) return cutNextLine(line, gap.at, row, name)
  const string = isReference(bytes, from, end)
    ? fallbackString(bytes, from, end)
    : insideCall(bytes, from, end)
  return string === -1 ? -1 : cutIfSecret(line, string, row, name)
}
const MAX_GAP = 64

/** `password:` at the end of a line: the next one holds the value if it reads as one. */
function cutNextLine(line: Line, from: number, row: number, name: NameBefore): number {
  const { bytes, end } = line
  const called = insideCall(bytes, from, end)
  if (called !== -1) return cutIfSecret(line, called, row, name)
  if (isQuote(bytes[skip(bytes, from, end, BACKSLASH)])) return cutIfSecret(line, from, row, name)
  const to = textRunEnd(line, from, end)
  if (!readsAsRandom(bytes, from, to)) return -1
  cutValue(line, from, to, row)
  return to
}

/** `token: <…>`, unless that is a placeholder. */
function cutAngled(line: Line, from: number, row: number): number {
  const { bytes, end } = line
  const to = indexOfByte(bytes, GREATER, from, Math.min(end, from + MAX_ANGLED))
  if (to === -1 || !readsAsRandom(bytes, from + 1, to)) return -1
  cutValue(line, from + 1, to, row)
  return to
}
const MAX_ANGLED = 512
