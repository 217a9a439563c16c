/**
 * Values that the program or its environment named as secret: cut wherever they occur in the text of a line, plain
 * or in the forms that such values take on their way: base64, percent-encoded, escaped for JSON.
 */
import { HushlogError } from '../errors.ts'
import { bytesOf, COLON, QUOTE, startsWith } from './bytes.ts'
import { secretName } from './key-rules.ts'
import type { Line } from './line.ts'
import { markerAround } from './marker.ts'
import type { Rules } from './rules.ts'

export const SHORTEST_VALUE = 6
const LONGEST_VALUE = 8192
const SHORTEST_FORM = 6
const HEAD = 3
const BITS = 16

/** Names of a record's own members, which must stay readable whatever is registered. */
const OWN_NAMES = new Set(
  (
    'level time service host pid operation reqId kind msg req res responseTime err method url remoteAddress user statusCode ' +
    'contentLength aborted action actor target outcome reason details trace_id span_id type message stack code'
  ).split(' '),
)

const LONGEST_OWN_NAME = 16

interface Form {
  bytes: Uint8Array
  code: number
}

export class Registered {
  readonly refused: { name: string; reason: string }[] = []
  #rules: Rules
  #heads = new Uint8Array(1 << BITS)
  #forms = new Map<number, Form[]>()
  #values = new Set<string>()

  constructor(rules: Rules) {
    this.#rules = rules
  }

  get size(): number {
    return this.#values.size
  }

  /**
   * @param name stands in the marker
   * @throws HushlogError `HUSHLOG_OPTION` for a value that is no text or too short, or a name that is no id
   */
  hide(value: string, name = 'hidden'): void {
    checkValue(value)
    checkName(name)
    if (this.#values.has(value)) return
    this.#values.add(value)
    const code = this.#rules.code(name)
    for (const form of formsOf(value)) this.#add(bytesOf(form), code)
  }

  /** Takes the values of environment variables with secret names, as far as they cannot eat ordinary text. */
  hideEnvironment(env: NodeJS.ProcessEnv, ordinary: readonly string[]): void {
    for (const [name, value] of Object.entries(env)) {
      const id = value === undefined ? undefined : secretName(name)
      if (value === undefined || id === undefined) continue
      const reason = SHELL_NAMES.has(name) ? 'the directory of a shell' : whyNot(value, ordinary)
      if (reason === undefined) this.hide(value, 'env')
      else this.refused.push({ name, reason })
    }
  }

  /** Cuts every registered value that stands in the text of a line. */
  cut(line: Line): void {
    const { bytes, end } = line
    for (let at = line.start; at + HEAD <= end; at++) {
      const head = headOf(bytes, at)
      if (this.#heads[head] === 0) continue
      const form = this.#forms.get(head)?.find((form) => startsWith(bytes, at, end, form.bytes))
      if (form === undefined) continue
      const to = at + form.bytes.length
      if (!this.#mayStay(line, at, to)) {
        line.cut(at, to, form.code)
        at = to - 1
      }
    }
  }

  #mayStay(line: Line, at: number, to: number): boolean {
    if (markerAround(line.bytes, at, line.start, line.end, this.#rules) !== -1) return true
    if (!line.json) return false
    return line.depths.at(at) === -1 || isOwnName(line, at, to)
  }

  #add(bytes: Uint8Array, code: number): void {
    const head = headOf(bytes, 0)
    this.#heads[head] = 1
    const forms = this.#forms.get(head) ?? []
    forms.push({ bytes, code })
    // The longest first, so that no shorter value leaves the tail of a longer one.
    forms.sort((a, b) => b.bytes.length - a.bytes.length)
    this.#forms.set(head, forms)
  }
}

function headOf(bytes: Uint8Array, at: number): number {
  const head = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)
  return (Math.imul(head, 0x9e3779b1) >>> (32 - BITS)) & ((1 << BITS) - 1)
}

/** Whether a place lies in the name of one of the record's own members: `"operation":`. */
function isOwnName(line: Line, at: number, to: number): boolean {
  const { bytes, start, end } = line
  const first = Math.max(start, at - LONGEST_OWN_NAME)
  const last = Math.min(end, to + LONGEST_OWN_NAME)
  let from = at
  while (from > first && bytes[from - 1] !== QUOTE) from--
  while (to < last && bytes[to] !== QUOTE) to++
  if (bytes[to] !== QUOTE || bytes[to + 1] !== COLON) return false
  return OWN_NAMES.has(String.fromCharCode(...bytes.subarray(from, Math.min(to, from + LONGEST_OWN_NAME))))
}

/** A value as it is and in every form that it may take inside a line. */
function formsOf(value: string): Set<string> {
  const once = JSON.stringify(value).slice(1, -1)
  const twice = JSON.stringify(once).slice(1, -1)
  const percent = encodeURIComponent(value.toWellFormed())
  const bytes = Buffer.from(value)
  const base64 = [0, 1, 2].map((shift) => base64At(bytes, shift))
  const forms = [value, once, twice, percent, percent.replaceAll('%20', '+'), ...base64]
  for (const form of base64) forms.push(form.replaceAll('+', '-').replaceAll('/', '_'))
  return new Set([...forms, lowerPercent(percent)].filter((form) => form.length >= SHORTEST_FORM))
}

/** The characters of base64 that this value alone decides, when it starts `shift` bytes after a group's start. */
function base64At(value: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), value]).toString('base64')
  const spare = (value.length + shift) % 3
  const padded = spare === 0 ? 0 : spare === 1 ? 3 : 2
  return text.slice(shift === 0 ? 0 : shift + 1, text.length - padded)
}

function lowerPercent(text: string): string {
  let lower = ''
  for (let i = 0; i < text.length; i++) {
    lower += text[i] === '%' ? text.slice(i, i + 3).toLowerCase() : text[i]
    if (text[i] === '%') i += 2
  }
  return lower
}

function checkValue(value: unknown): void {
  const got = typeof value === 'string' ? `${value.length} characters` : typeof value
  if (typeof value === 'string' && value.length >= SHORTEST_VALUE && value.length <= LONGEST_VALUE) return
  throw new HushlogError(
    'HUSHLOG_OPTION',
    `hide() takes text of ${SHORTEST_VALUE} to ${LONGEST_VALUE} characters, got ${got}`,
    { hint: 'a shorter value would eat ordinary text; give its field a secret name instead' },
  )
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && isId(name)) return
  throw new HushlogError('HUSHLOG_OPTION', 'the name of a hidden value takes 1 to 32 of a-z, 0-9 and -')
}

export function isId(text: string): boolean {
  if (text.length < 1 || text.length > 32) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d)) return false
  }
  return true
}

/** `pwd` means a password everywhere but here (POSIX, Shell Command Language, section 2.5.3). */
const SHELL_NAMES = new Set(['PWD'])
const LONG_ENOUGH = 12
const LONG_ENOUGH_MIXED = 8
const COMMON = new Set(
  (
    'password passw0rd postgres postgresql localhost development production staging undefined disabled required changeme ' +
    'admin123 password1 password123 default123 administrator supersecret placeholder my-secret test1234 12345678 123456789 ' +
    '1234567890 secretsecret passwordpassword notasecret'
  ).split(' '),
)

/** Why the value of an environment variable is not taken, or nothing. */
function whyNot(value: string, ordinary: readonly string[]): string | undefined {
  if (value.length < LONG_ENOUGH_MIXED) return 'too short'
  if (value.length > LONGEST_VALUE) return 'too long'
  if (COMMON.has(value.toLowerCase())) return 'a common word'
  if (ordinary.includes(value)) return 'a host or service name'
  if (value.length < LONG_ENOUGH && classesOf(value) < 2) return 'too plain for its length'
  return undefined
}

function classesOf(text: string): number {
  const classes = new Set<string>()
  for (const character of text) {
    if (character >= 'a' && character <= 'z') classes.add('lower')
    else if (character >= 'A' && character <= 'Z') classes.add('upper')
    else if (character >= '0' && character <= '9') classes.add('digit')
    else classes.add('other')
  }
  return classes.size
}
