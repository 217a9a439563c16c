import { createHash } from 'node:crypto'
import type { SegmentFact } from '../keep/facts.ts'
import { parseSegmentName } from '../store/segment.ts'

/*
 * Where things lie in a target, below its prefix. Segments lie in a Hive layout, which engines that query buckets know:
 *
 *   service=SERVICE/date=YYYY-MM-DD/host=HOST/NAME.SHA256.log.gz[.age]
 *   ledger/host=HOST/LEDGER/FROM-TO.SHA256.jsonl        entries FROM to TO of a ledger, the last one a seal
 *   ledger/host=HOST/LEDGER/TO.SHA256.checkpoint        the signed note of entry TO
 *
 * DATE is the day of a segment's last record, in UTC. HOST is the writer's, and the keeper's for a ledger. LEDGER is the
 * origin of its checkpoints without `hushlog/`. Each name holds the SHA-256 of its content.
 */

/** With `service=` before it, what every file system takes as a name. */
const LONGEST_PART = 200
const PART_HASH = 16

/**
 * A part of a path as Hive writes it: what is not a letter, a digit, `_`, `.` or `-` as `%XX` of its UTF-8. The end of
 * one that is too long for a file's name is replaced by a hash.
 */
export function hivePart(text: string): string {
  const part = encoded(text)
  if (part.length <= LONGEST_PART) return part === '' ? '_' : part
  const hash = createHash('sha256').update(text).digest('hex').slice(0, PART_HASH)
  const begin = part.slice(0, LONGEST_PART - PART_HASH - 1)
  const cut = begin.lastIndexOf('%')
  return `${cut > begin.length - 3 ? begin.slice(0, cut) : begin}-${hash}`
}

function encoded(text: string): string {
  let part = ''
  for (const byte of Buffer.from(text)) {
    const char = String.fromCharCode(byte)
    part += isPlain(byte) ? char : `%${byteAsHex(byte)}`
  }
  return part
}

/** Whether a text is one that `hivePart` makes. */
function isHivePart(text: string): boolean {
  if (text === '' || text.length > LONGEST_PART) return false
  for (let at = 0; at < text.length; at++) {
    if (isPlain(text.charCodeAt(at))) continue
    const code = text.slice(at + 1, at + 3)
    const byte = Number.parseInt(code, 16)
    if (text[at] !== '%' || byteAsHex(byte) !== code || isPlain(byte)) return false
    at += 2
  }
  return true
}

function byteAsHex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}

function isPlain(byte: number): boolean {
  const isLetter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a
  return isLetter || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x2e || byte === 0x5f
}

const UNKNOWN = 'unknown'

export function segmentKey({ name, path, sha256, service, last, writer }: SegmentFact): string {
  const extension = path.endsWith('.age') ? '.log.gz.age' : '.log.gz'
  return `${segmentFolder(serviceName(service), last.slice(0, 10), hostOf(writer))}${name}.${sha256}${extension}`
}

/** Whose lines a segment holds, as its key says. */
export function serviceName(service: string | undefined): string {
  return service ?? UNKNOWN
}

/** @param day YYYY-MM-DD */
export function segmentFolder(service: string, day: string, host: string): string {
  return `service=${hivePart(service)}/date=${day}/host=${hivePart(host)}/`
}

export interface SegmentObject {
  key: string
  /** `service=SERVICE/date=YYYY-MM-DD/host=HOST/` */
  folder: string
  name: string
  sha256: string
  isEncrypted: boolean
}

/** What the key of a segment names, or undefined for one that is none of ours. */
export function parseSegmentKey(key: string): SegmentObject | undefined {
  const at = key.lastIndexOf('/') + 1
  const [folder, file] = [key.slice(0, at), key.slice(at)]
  const isEncrypted = file.endsWith('.age')
  const end = file.length - (isEncrypted ? '.log.gz.age' : '.log.gz').length
  const dot = file.lastIndexOf('.', end - 1)
  const [name, sha256] = [file.slice(0, Math.max(0, dot)), file.slice(dot + 1, Math.max(0, end))]
  const isName = parseSegmentName(`${name}.log`)?.name === name && file.startsWith('.log.gz', end)
  if (!isName || !isHash(sha256) || !isSegmentFolder(folder)) return undefined
  return { key, folder, name, sha256, isEncrypted }
}

function isSegmentFolder(folder: string): boolean {
  const [service, date, host, end, more] = folder.split('/')
  const isDay = date?.length === 'date='.length + 10 && date.startsWith('date=')
  const isDated = isDay && isDate(date.slice('date='.length))
  return (
    end === '' && more === undefined && isDated && isPartOf(service, 'service=') && isPartOf(host, 'host=')
  )
}

function isPartOf(text: string, name: string): boolean {
  return text.startsWith(name) && isHivePart(text.slice(name.length))
}

function isDate(day: string): boolean {
  const time = new Date(`${day}T00:00:00.000Z`)
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 10) === day
}

/** A writer's text is read from its right end: HOST.BOOT.PIDNS.PID.TID.START. */
export function hostOf(writer: string): string {
  return writer.split('.').slice(0, -5).join('.')
}

const DIGITS = 12

/** @param ledger the origin of its checkpoints, `hushlog/…` */
export function ledgerFolder(host: string, ledger: string): string {
  return `ledger/host=${hivePart(host)}/${hivePart(ledger.slice(ledger.indexOf('/') + 1))}/`
}

/** A part of the ledger, both its entries included. */
export function ledgerPartKey(folder: string, from: number, to: number, sha256: string): string {
  return `${folder}${padded(from)}-${padded(to)}.${sha256}.jsonl`
}

export function checkpointKey(folder: string, to: number, sha256: string): string {
  return `${folder}${padded(to)}.${sha256}.checkpoint`
}

function padded(n: number): string {
  return String(n).padStart(DIGITS, '0')
}

export interface LedgerObject {
  key: string
  kind: 'part' | 'checkpoint'
  /** `ledger/host=HOST/LEDGER/` */
  folder: string
  /** Of a checkpoint both are the same. */
  from: number
  to: number
  sha256: string
}

/** What a key below `ledger/` names, or undefined for one that is none of ours. */
export function parseLedgerKey(key: string): LedgerObject | undefined {
  const at = key.lastIndexOf('/') + 1
  const [folder, name] = [key.slice(0, at), key.slice(at)]
  const [range, sha256, extension, more] = name.split('.')
  const [from, to = from, third] = range.split('-')
  const isPart = extension === 'jsonl' && range.includes('-')
  const isOurs = isLedgerFolder(folder) && more === undefined
  if (!isOurs || third !== undefined || !(isPart || (extension === 'checkpoint' && !range.includes('-'))))
    return undefined
  if (!isHash(sha256) || ![from, to].every(isNumber) || Number(to) < Number(from)) return undefined
  return { key, kind: isPart ? 'part' : 'checkpoint', folder, from: Number(from), to: Number(to), sha256 }
}

const LEDGER = 16

function isLedgerFolder(folder: string): boolean {
  const [top, host, ledger, end, more] = folder.split('/')
  const isOurs = top === 'ledger' && end === '' && more === undefined
  return isOurs && isPartOf(host, 'host=') && isHex(ledger, LEDGER)
}

function isNumber(text: string): boolean {
  return text.length >= DIGITS && Number.isSafeInteger(Number(text)) && padded(Number(text)) === text
}

function isHash(text: string | undefined): text is string {
  return text !== undefined && isHex(text, 64)
}

function isHex(text: string, length: number): boolean {
  return text.length === length && Buffer.from(text, 'hex').toString('hex') === text
}
