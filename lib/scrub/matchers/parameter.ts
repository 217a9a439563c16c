import { EQUALS, HASH, indexOfByte } from '../bytes.ts'
import type { Line } from '../line.ts'
import { readsAsRandom } from './reads.ts'
import { textRunEnd } from './text-run.ts'

const LONGEST_NAME = 16

/** `?code=…` and `&key=…`: parameters whose name says little, with a value that says enough. */
export function cutParameter(line: Line, at: number): number {
  const { bytes, end, rules } = line
  const equals = indexOfByte(bytes, EQUALS, at, Math.min(end, at + LONGEST_NAME))
  const from = equals + 1
  const run = textRunEnd(line, from, end)
  const fragment = indexOfByte(bytes, HASH, from, run)
  const to = fragment === -1 ? run : fragment
  if (!readsAsRandom(bytes, from, to)) return from
  line.cutUnlessMarked(from, to, rules.code('query'))
  return to
}
