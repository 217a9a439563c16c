/**
 * A Kubernetes Secret in YAML: whatever stands under `data:` and `stringData:` is secret, whatever its name.
 */
import {
  BACKSLASH,
  BLANK,
  bytesOf,
  CLASS,
  COLON,
  isQuote,
  skip,
  startsWith,
  startsWithWord,
  WORD,
} from '../bytes.ts'
import type { Line } from '../line.ts'
import { markerEnd } from '../marker.ts'
import { Words } from '../words.ts'
import { lineEndAt } from './gap.ts'
import { isPlaceholder, placeholderEnd } from './placeholder.ts'
import { textRunEnd } from './text-run.ts'
import { blockScalar } from './value-start.ts'

const SECTIONS = new Words(['data:', 'stringData:'], 'exact')

/** Looks through the document that the kind stands in, once; the data may stand before it. */
export function cutKubernetesSecret(line: Line, at: number): number {
  if (at < line.manifestEnd || !isSecret(line, at + 'kind: '.length)) return at + 1
  const document = documentAround(line, at)
  line.manifestEnd = document.end
  let inside = -1
  for (let from = document.start; from < document.end; ) {
    const next = nextLine(line.bytes, from, document.end)
    const text = skipBlanks(line.bytes, from, next.end)
    const indent = text - from
    if (text < next.end) {
      if (indent <= inside) inside = -1
      if (inside >= 0) cutMember(line, text, next.end)
      else if (SECTIONS.at(line.bytes, text, next.end) > 0) inside = indent
    }
    from = next.start
  }
  return at + 1
}

/** `kind: SecretStore` is another kind. */
function isSecret({ bytes, end }: Line, at: number): boolean {
  const opening = skip(bytes, at, end, BACKSLASH)
  const from = isQuote(bytes[opening]) ? opening + 1 : at
  return startsWithWord(bytes, from, end, SECRET) && (CLASS[bytes[from + SECRET.length]] & WORD) === 0
}
const SECRET = bytesOf('secret')

/** Documents of one stream are parted by `---` (YAML 1.2.2 section 9.2). */
function documentAround(line: Line, at: number): { start: number; end: number } {
  let start = Math.max(line.start, line.manifestEnd)
  for (let from = start; from < line.end; ) {
    const next = nextLine(line.bytes, from, line.end)
    if (startsWith(line.bytes, from, line.end, DASHES)) {
      if (from > at) return { start, end: from }
      start = next.start
    }
    from = next.start
  }
  return { start, end: line.end }
}
const DASHES = bytesOf('---')

function cutMember(line: Line, from: number, end: number): void {
  const { bytes, rules } = line
  // A line of a block that has been cut.
  if (markerEnd(bytes, from, end, rules) !== -1) return
  let colon = from
  while (colon < end && bytes[colon] !== COLON) colon++
  const start = skipBlanks(bytes, colon + 1, end)
  const block = blockScalar(bytes, start, line.end)
  if (block !== undefined) {
    line.cutUnlessMarked(block.from, block.to, rules.code('secret'))
    return
  }
  const opening = skip(bytes, start, end, BACKSLASH)
  const value = isQuote(bytes[opening]) ? opening + 1 : start
  const to = textRunEnd(line, value, end)
  if (placeholderEnd(bytes, value, end) === -1 && !isPlaceholder(bytes, value, to))
    line.cutUnlessMarked(value, to, rules.code('secret'))
}

/** Where this line's text ends and the next line starts; line ends are raw or escaped. */
function nextLine(bytes: Uint8Array, from: number, end: number): { end: number; start: number } {
  const to = lineEndAt(bytes, from, end)
  if (to === end) return { end, start: end }
  const escaped = skip(bytes, to, end, BACKSLASH)
  return { end: to, start: Math.min(end, escaped + 1) }
}

function skipBlanks(bytes: Uint8Array, at: number, end: number): number {
  for (;;) {
    while (at < end && (bytes[at] === BLANK || bytes[at] === 0x09)) at++
    const letter = skip(bytes, at, end, BACKSLASH)
    if (letter === at || bytes[letter] !== 0x74) return at
    at = letter + 1
  }
}
