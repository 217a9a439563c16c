/**
 * The forms that a value takes on its way into a line: plain, escaped for JSON once and twice, percent-encoded as
 * browsers, forms and RFC 3986 have it, and base64 of either alphabet at each of its three alignments.
 */
import { bytesOf } from '../bytes.ts'

const SHORTEST_FORM = 6

/** Each form once; at most 18, of at most 9 bytes for each character of the value. The same value gives the same. */
export function formsOf(value: string): Uint8Array[] {
  const forms = [...textForms(value), ...base64Forms(value)]
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_FORM).map(bytesOf)
}

function textForms(value: string): string[] {
  if (isUnreserved(value)) return [value]
  const once = escaped(value)
  return [value, once, escaped(once), asciiEscaped(once), ...percentForms(value.toWellFormed())]
}

/** RFC 3986, section 2.3: what nobody escapes. */
function isUnreserved(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (!UNRESERVED.includes(value[i])) return false
  return true
}
const UNRESERVED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._'

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** JSON as those write it who keep to ASCII. */
function asciiEscaped(text: string): string {
  let out = ''
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    out += code < 0x80 ? text[i] : `\\u${code.toString(16).padStart(4, '0')}`
  }
  return out
}

function percentForms(value: string): string[] {
  const component = encodeURIComponent(value)
  const form = new URLSearchParams([['', value]]).toString().slice(1)
  const upper = [component, form, strict(component)]
  return [...upper, ...upper.map(lowerPercent)]
}

/** Nothing but unreserved characters stays. */
function strict(component: string): string {
  let out = ''
  for (const letter of component)
    out += "!'()*".includes(letter) ? `%${letter.charCodeAt(0).toString(16).toUpperCase()}` : letter
  return out
}

function lowerPercent(text: string): string {
  let lower = ''
  for (let i = 0; i < text.length; i++) {
    lower += text[i] === '%' ? text.slice(i, i + 3).toLowerCase() : text[i]
    if (text[i] === '%') i += 2
  }
  return lower
}

function base64Forms(value: string): string[] {
  const forms = [0, 1, 2].map((shift) => base64At(value, shift))
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))]
}

/** The characters of base64 that this value alone decides, when it starts `shift` bytes after a group's start. */
function base64At(value: string, shift: number): string {
  const bytes = Buffer.from('\0'.repeat(shift) + value)
  const text = bytes.toString('base64')
  const spare = bytes.length % 3
  const padded = spare === 0 ? 0 : spare === 1 ? 3 : 2
  return text.slice(shift === 0 ? 0 : shift + 1, text.length - padded)
}
