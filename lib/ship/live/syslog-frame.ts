/**
 * Lines as messages of syslog: RFC 5424, each with its length in front (RFC 6587, octet counting; RFC 5425).
 */
import { KIND, type Kind, type ScrubbedBatch } from '../../types.ts'

export interface FrameOptions {
  /** 0 to 23. */
  facility: number
  /** Characters that a header must not have are replaced. */
  host: string
  appName: string
  pid: number
  /** Milliseconds since the epoch, for lines that do not begin as hushlog's do. Default Date.now. */
  now?: () => number
}

/** Messages that travel together, made once: sent again, they bear the numbers that they had. */
export interface Chunk {
  bytes: Buffer
  /** Lines of the program in it; 0 for a message that tells what was missed. */
  lines: number
  /** Whether a connection has had it before. */
  wasSent: boolean
}

/** RFC 5424 section 6.2.1, with what is between pino's levels. */
const SEVERITIES: readonly (readonly [least: number, severity: number])[] = [
  [60, 2],
  [50, 3],
  [40, 4],
  [31, 5],
  [30, 6],
]
const DEBUG = 7

const MSGIDS = Object.entries(KIND).reduce<string[]>((names, [name, kind]) => {
  names[kind] = name
  return names
}, [])

/** RFC 5424 section 7.3.1: after the highest number comes 1. */
export const LAST_SEQUENCE_ID = 2_147_483_647
/** `]` ends the structured data, and the byte order mark says that the message is UTF-8 (section 6.4). */
const BEFORE_MESSAGE = '"] \xef\xbb\xbf'
const LONGEST_HOST = 255
const LONGEST_NAME = 48
/** Length, priority, version, time, number: as long as they can be. */
const LONGEST_NUMBERS = '9999999999 <191>1 2026-11-24T02:29:31.123Z 2147483647'.length

export class Framer {
  /** More than the longest header. */
  readonly overhead: number
  readonly #facility: number
  readonly #now: () => number
  readonly #names: readonly string[]
  #lastTime = ''

  constructor({ facility, host, appName, pid, now = Date.now }: FrameOptions) {
    this.#facility = facility * 8
    this.#now = now
    const source = ` ${headerText(host, LONGEST_HOST)} ${headerText(appName, LONGEST_NAME)} ${pid}`
    this.#names = MSGIDS.map((name) => `${source} ${name} [meta sequenceId="`)
    this.overhead =
      LONGEST_NUMBERS + Math.max(...this.#names.map(({ length }) => length)) + BEFORE_MESSAGE.length
  }

  /**
   * The first lines of a batch.
   * @param id the number of the first one; those that follow have the next ones
   */
  chunk(batch: ScrubbedBatch, lines: number, id: number): Chunk {
    const out = Buffer.allocUnsafe(batch.ends[lines - 1] + lines * this.overhead)
    let start = 0
    let at = 0
    for (let i = 0; i < lines; i++) {
      const end = batch.ends[i] - 1
      const kind = batch.kinds[i] as Kind
      const header = this.#header(batch.levels[i], kind, this.#timeOf(batch.bytes, start, end), id)
      at += out.write(`${header.length + end - start} ${header}`, at, 'latin1')
      out.set(batch.bytes.subarray(start, end), at)
      at += end - start
      start = end + 1
      id = nextId(id)
    }
    return { bytes: out.subarray(0, at), lines, wasSent: false }
  }

  /** A message that is no line of the program's. */
  notice(level: number, kind: Kind, text: string, id: number): Chunk {
    const header = this.#header(level, kind, this.#time(), id)
    const message = Buffer.from(text)
    const head = Buffer.from(`${header.length + message.length} ${header}`, 'latin1')
    return { bytes: Buffer.concat([head, message]), lines: 0, wasSent: false }
  }

  /** Latin 1: each character is one byte. */
  #header(level: number, kind: Kind, time: string, id: number): string {
    return `<${this.#facility + severityOf(level)}>1 ${time}${this.#names[kind]}${id}${BEFORE_MESSAGE}`
  }

  /** Lines come by the dozen with the same time. */
  #timeOf(bytes: Uint8Array, start: number, end: number): string {
    const at = timeIn(bytes, start, end)
    if (at === -1) return this.#time()
    for (let i = TIME.length - 1; i >= 0; i--) {
      if (bytes[at + i] === this.#lastTime.charCodeAt(i)) continue
      this.#lastTime = String.fromCharCode(...bytes.subarray(at, at + TIME.length))
      break
    }
    return this.#lastTime
  }

  #time(): string {
    return new Date(this.#now()).toISOString()
  }
}

export function nextId(id: number, by = 1): number {
  return id > LAST_SEQUENCE_ID - by ? id - LAST_SEQUENCE_ID + by : id + by
}

export function severityOf(level: number): number {
  for (const [least, severity] of SEVERITIES) if (level >= least) return severity
  return DEBUG
}

/** Printable characters of ASCII without blanks (RFC 5424 section 6); `-` for nothing. */
export function headerText(text: string, longest: number): string {
  const characters = [...text].map((char) => (char > ' ' && char < '\x7f' ? char : '?'))
  return characters.slice(0, longest).join('') || '-'
}

/** How far from its start the time of a line may stand: after its level. */
const FARTHEST = 32
const BEFORE_TIME = Buffer.from(',"time":"')
const TIME = Buffer.from('0000-00-00T00:00:00.000Z')
const DIGIT = 0x30
const QUOTE = 0x22

/** Where the moment stands that a line bears as hushlog writes it, directly after the level; -1 where there is none. */
function timeIn(bytes: Uint8Array, start: number, end: number): number {
  let comma = start
  while (bytes[comma] !== BEFORE_TIME[0]) if (++comma >= end || comma > start + FARTHEST) return -1
  const first = comma + BEFORE_TIME.length
  const last = first + TIME.length
  if (last >= end || bytes[last] !== QUOTE) return -1
  for (let i = 1; i < BEFORE_TIME.length; i++) if (bytes[comma + i] !== BEFORE_TIME[i]) return -1
  for (let i = 0; i < TIME.length; i++) if (!fits(bytes[first + i], TIME[i])) return -1
  return first
}

function fits(byte: number, wanted: number): boolean {
  return wanted === DIGIT ? byte >= DIGIT && byte <= DIGIT + 9 : byte === wanted
}
