import { checkScrub } from '../config.ts'
import type { ScrubOptions } from '../types.ts'
import { type Lead, WHOLE } from './cut-trail.ts'
import { Cutter } from './cutter.ts'
import { Finder } from './finder.ts'
import { checkOwnRules } from './own-rules.ts'
import { Registered } from './registered.ts'
import { compileRules } from './rules.ts'
import { BATCH_BYTES } from './scanner/scanner.ts'
import { Tally } from './tally.ts'
import { scrubValue } from './value.ts'

export interface Scrubber {
  /** Scrubs any text. A line of JSON stays valid JSON. */
  text(text: string): string
  /** A scrubbed copy of a value; the original is never touched. */
  value<T>(value: T): T
  /** Cuts a value wherever it occurs from now on. See `Hushlog.hide`. */
  hide(value: string, name?: string): void
  /** Cuts so far by rule. */
  counts(): Record<string, number>
}

/** A scrubber for what is known to be a line of JSON or not, so that nobody has to look. */
export interface LineScrubber extends Scrubber {
  line(text: string, json: boolean): string
}

/**
 * The gate's scrubbing on its own, for text and values that do not become lines.
 * @throws HushlogError `HUSHLOG_OPTION` for a wrong option
 */
export function createScrubber(options: ScrubOptions = {}): Scrubber {
  const { line, ...scrubber } = createLineScrubber(options)
  return scrubber
}

/** @throws HushlogError `HUSHLOG_OPTION` for a wrong option */
export function createLineScrubber(options: ScrubOptions = {}): LineScrubber {
  const finder = createFinder(options, [])
  const { rules, registered } = finder
  const tally = new Tally(options.onScrub)
  const cutter = new Cutter(new Finder(rules, registered), tally)
  return {
    text: (input) => scrubText(finder, cutter, input, WHOLE),
    line: (text, json) => scrubPiece(finder, cutter, { text, json }, WHOLE),
    value: (value) =>
      scrubValue(value, {
        text: (input, names, isPart = false) => scrubText(finder, cutter, input, { names, isPart }),
        names: rules.keyNames,
      }),
    hide: (value, name) => registered.hide(value, name),
    counts: () => tally.byRule(),
  }
}

/** Rules and registered values as the options ask for; `ordinary` names are never taken from the environment. */
export function createFinder(options: ScrubOptions, ordinary: readonly string[]): Finder {
  checkScrub(options)
  checkOwnRules(options.rules ?? [])
  const rules = compileRules(options)
  const registered = new Registered(rules)
  for (const value of options.hide ?? []) registered.hide(value)
  if (options.env !== false) registered.hideEnvironment(process.env, ordinary)
  return new Finder(rules, registered)
}

/** Scrubs one text with rules and values that are in use elsewhere, and keeps nothing for a second one. */
export function scrubOnce({ rules, registered }: Finder, text: string): string {
  const cutter = new Cutter(new Finder(rules, registered), new Tally(undefined))
  return scrubText(new Finder(rules, registered), cutter, text, WHOLE)
}

function scrubText(finder: Finder, cutter: Cutter, input: string, lead: Lead): string {
  if (typeof input !== 'string') throw new TypeError(`text must be a string, got ${typeof input}`)
  const lineEnd = input.indexOf('\n')
  if (lineEnd === -1 || lineEnd === input.length - 1) return scrubPiece(finder, cutter, { text: input }, lead)
  let output = ''
  for (const piece of piecesOf(input)) output += scrubPiece(finder, cutter, piece, lead)
  return output
}

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const BYTES_PER_UNIT = 3

function scrubPiece(finder: Finder, cutter: Cutter, piece: Piece, lead: Lead): string {
  const { text } = piece
  const { memory } = finder
  if (text.length * BYTES_PER_UNIT > memory.length) return scrubLong(finder, cutter, piece, lead)
  const end = memory.write(text)
  if (!finder.scan(memory, 0, end)) return text
  // A callback that is told of a cut may scrub again, in the finder's memory.
  return scrubFound(finder, cutter, piece, Buffer.from(memory.subarray(0, end)), lead)
}

function scrubLong(finder: Finder, cutter: Cutter, piece: Piece, lead: Lead): string {
  const bytes = Buffer.from(piece.text)
  try {
    return finder.scan(bytes, 0, bytes.length) ? scrubFound(finder, cutter, piece, bytes, lead) : piece.text
  } finally {
    if (bytes.length > BATCH_BYTES) finder.release()
  }
}

function scrubFound(finder: Finder, cutter: Cutter, piece: Piece, bytes: Buffer, lead: Lead): string {
  const { text, json = isJson(text) } = piece
  const cuts = finder.cutsIn(bytes, 0, bytes.length, json)
  if (cuts.length === 0) return text
  return decoder.decode(cutter.without(bytes, 0, bytes.length, cuts, json, finder.isSettled, lead))
}
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

interface Piece {
  text: string
  /** Whether it is one JSON value; looked at only when it matters where that is not known. */
  json?: boolean
}

/** JSON lines one by one; the text between them in pieces as long as possible, since a key may span its lines. */
function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  let plainFrom = 0
  while (from < text.length) {
    const newline = text.indexOf('\n', from)
    const to = newline === -1 ? text.length : newline + 1
    const line = text.slice(from, to)
    if (isJson(line)) {
      if (from > plainFrom) pieces.push({ text: text.slice(plainFrom, from), json: false })
      pieces.push({ text: line, json: true })
      plainFrom = to
    }
    from = to
  }
  if (plainFrom < text.length) pieces.push({ text: text.slice(plainFrom), json: false })
  return pieces
}

function isJson(text: string): boolean {
  const first = text.trimStart()[0]
  if (first !== '{' && first !== '[') return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
