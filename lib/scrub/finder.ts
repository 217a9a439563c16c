/**
 * Finds what must be cut from each line of a batch: the scanner names the places, a matcher for each kind of
 * candidate looks closer, and registered values are searched for when there are any.
 */
import { BACKSLASH, bytesOf, COLON, QUOTE } from './bytes.ts'
import { type Cut, Line } from './line.ts'
import { cutCall } from './matchers/call.ts'
import { cutCommand } from './matchers/command.ts'
import { cutDirective } from './matchers/directive.ts'
import { cutFlag, cutPhrase } from './matchers/flag.ts'
import { cutKeyValue } from './matchers/key-value.ts'
import { cutKubernetesSecret } from './matchers/kubernetes.ts'
import { cutCard, cutIban, cutSsn } from './matchers/number.ts'
import { cutParameter } from './matchers/parameter.ts'
import { cutPrivateKey } from './matchers/private-key.ts'
import { cutRawBytes } from './matchers/raw-bytes.ts'
import { cutJwt, cutScheme, cutToken } from './matchers/token.ts'
import { cutToldObject } from './matchers/told-object.ts'
import { cutUrl } from './matchers/url.ts'
import { cutAfterWord } from './matchers/word.ts'
import { NameBefore } from './name-before.ts'
import { Pii } from './pii.ts'
import { RegisteredCuts } from './registered/cuts.ts'
import type { Registered } from './registered.ts'
import { cutRepeats } from './repeats.ts'
import { CANDIDATE, type Candidate, type Rules } from './rules.ts'
import { createScanner } from './scanner/create.ts'
import type { Scanner } from './scanner/scanner.ts'

const NO_CUTS: readonly Cut[] = []
const NO_BYTES = new Uint8Array(0)

/** A name longer than this is looked at again. */
const LONGEST_NAME = 64

type Matcher = (line: Line, at: number, row: number, name: NameBefore) => number

/** One matcher for each kind of candidate. Each cuts what it confirms and returns where to go on. */
const MATCHERS: Record<Candidate, Matcher> = {
  [CANDIDATE.key]: cutKeyValue,
  [CANDIDATE.token]: cutToken,
  [CANDIDATE.url]: cutUrl,
  [CANDIDATE.privateKey]: cutPrivateKey,
  [CANDIDATE.jwt]: cutJwt,
  [CANDIDATE.scheme]: cutScheme,
  [CANDIDATE.card]: cutCard,
  [CANDIDATE.control]: escapeControl,
  [CANDIDATE.flag]: cutFlag,
  [CANDIDATE.phrase]: cutPhrase,
  [CANDIDATE.manifest]: cutKubernetesSecret,
  [CANDIDATE.word]: cutAfterWord,
  [CANDIDATE.call]: cutCall,
  [CANDIDATE.query]: cutParameter,
  [CANDIDATE.iban]: cutIban,
  [CANDIDATE.ssn]: cutSsn,
  [CANDIDATE.bytes]: cutRawBytes,
  [CANDIDATE.command]: cutCommand,
  [CANDIDATE.directive]: cutDirective,
  [CANDIDATE.object]: cutToldObject,
}

export class Finder {
  readonly rules: Rules
  readonly registered: Registered
  #scanner: Scanner
  #hidden: RegisteredCuts
  #name: NameBefore
  #line: Line
  #pii: Pii | undefined
  #count = 0
  #next = 0
  /**
   * Whether nothing can come to light when what was cut from the last line is gone: it was the whole text of a member
   * of an object, and no other place in the line was a candidate.
   */
  isSettled = false

  constructor(rules: Rules, registered: Registered) {
    this.rules = rules
    this.registered = registered
    this.#scanner = createScanner(rules)
    this.#hidden = new RegisteredCuts(registered, this.#scanner)
    this.#name = new NameBefore(rules.keyNames)
    this.#line = new Line(rules)
    this.#pii = rules.pii.size === 0 ? undefined : new Pii(rules.pii)
  }

  /** Batches that stand in here are looked at in place; others cost a copy. */
  get memory(): Buffer {
    return this.#scanner.memory
  }

  get scanner(): 'wasm' | 'plain' {
    return this.#scanner.kind
  }

  /** Looks at a batch as a whole. Then ask for its lines in order. Returns whether anything may have to be cut. */
  scan(bytes: Uint8Array, from: number, to: number): boolean {
    this.#next = 0
    this.#hidden.prepare()
    this.#count = this.#scanner.scan(bytes, from, to)
    return this.#hidden.find(bytes, from, to) || this.#count > 0 || this.#pii !== undefined
  }

  /** The cuts in the next line of the batch, in order and apart from each other. */
  cutsIn(bytes: Uint8Array, start: number, end: number, json: boolean): readonly Cut[] {
    const { places, kinds, rows } = this.#scanner.found
    const first = this.#next
    this.isSettled = false
    const isClean = this.#next === this.#count || places[this.#next] >= end
    if (isClean && this.#pii === undefined && this.#hidden.isClean(end)) return NO_CUTS
    const line = this.#line
    line.reset(bytes, start, end, json)
    let resume = start
    let keyEnd = start
    for (; this.#next < this.#count && places[this.#next] < end; this.#next++) {
      const at = places[this.#next]
      const isKey = kinds[this.#next] === CANDIDATE.privateKey
      // `private_key: -----BEGIN …`: the name takes one word along, and the key goes on behind it.
      if (at < (isKey ? keyEnd : resume)) continue
      const before = line.cuts.length
      const next = MATCHERS[kinds[this.#next] as Candidate](line, at, rows[this.#next], this.#name)
      // What was spared may hold a secret of another kind; only what is cut needs no second look.
      if (isKey) keyEnd = next
      if (line.cuts.length > before) resume = Math.max(resume, next)
    }
    this.#hidden.cut(line)
    this.#pii?.cut(line)
    if (line.cuts.length === 0) return line.cuts
    cutRepeats(line)
    const cuts = line.mergedCuts()
    this.isSettled = json && cuts.length === 1 && this.#settles(bytes, cuts[0], first)
    return cuts
  }

  /** Whether `"name":"…"` was all that made the line worth a look: candidates from `first` up to the next. */
  #settles(bytes: Uint8Array, { start, end, instead }: Cut, first: number): boolean {
    if (first === this.#next || instead !== undefined || this.#pii !== undefined) return false
    const { places } = this.#scanner.found
    return places[first] >= nameOfMember(bytes, start, end) && places[this.#next - 1] < end
  }

  /** Lets go of the bytes that it looked at last, which may be many. */
  release(): void {
    this.#line.reset(NO_BYTES, 0, 0, false)
    this.#scanner.release()
  }

  /** Drops the candidates of a line that a matcher failed on. */
  skipTo(end: number): void {
    while (this.#next < this.#count && this.#scanner.found.places[this.#next] < end) this.#next++
    this.#hidden.skipTo(end)
  }
}

/** Where the name of a member starts whose whole text stands in `[start, end)`; beyond any place where none does. */
function nameOfMember(bytes: Uint8Array, start: number, end: number): number {
  if (bytes[end] !== QUOTE || bytes[start - 1] !== QUOTE || bytes[start - 2] !== COLON)
    return Number.POSITIVE_INFINITY
  if (bytes[start - 3] !== QUOTE) return Number.POSITIVE_INFINITY
  const stop = start - 4 - LONGEST_NAME
  for (let at = start - 4; at > stop && bytes[at] !== BACKSLASH; at--) if (bytes[at] === QUOTE) return at
  return Number.POSITIVE_INFINITY
}

/** DEL and the C1 controls, which JSON leaves as they are and terminals obey. */
function escapeControl(line: Line, at: number): number {
  const { bytes } = line
  const isDelete = bytes[at] === 0x7f
  const code = isDelete ? 0x7f : bytes[at + 1]
  const end = at + (isDelete ? 1 : 2)
  if (line.json) line.replace(at, end, ESCAPED[code - 0x7f])
  return end
}
const ESCAPED = Array.from({ length: 33 }, (_, i) => bytesOf(`\\u00${(0x7f + i).toString(16)}`))
