/**
 * Words that stand not far before a place and tell what follows there: the name of a command before its flags.
 */
import { lower, startsWithWord } from '../bytes.ts'
import type { Line } from '../line.ts'

const LOOK_BACK = 256

/** Whether one of the words stands not far before a place. Asked for places in rising order it looks at each once. */
export function isAfter(line: Line, at: number, words: readonly Uint8Array[]): boolean {
  const { bytes, start } = line
  const known = line.heard.get(words)
  const first = Math.max(start, at - LOOK_BACK)
  const isAhead = known !== undefined && known.to <= at
  let last = isAhead ? known.last : -1
  for (let back = Math.max(first, isAhead ? known.to - LONGEST_WORD : first); back <= at; back++) {
    const byte = lower(bytes[back])
    for (const word of words) {
      if (word[0] === byte && startsWithWord(bytes, back, at + 1, word)) last = back
    }
  }
  line.heard.set(words, { to: at, last })
  return last >= first
}
const LONGEST_WORD = 16
