/**
 * Text that is logged, as it may be shown: no control character is obeyed, and nothing that was logged begins a line.
 */
import { isControl } from '../visible.ts'

const TAB = 0x09
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
const ESCAPE = 0x1b
const INDENT = '    '
/** What may stand first in the further lines of one text: these end objects, lists and calls. */
const MAY_BEGIN = new Set(' \t\n\r}])')
const LONGEST_COLOUR = 24

/**
 * Control characters become `\u001b`, apart from tabs, line ends and colours; a line that follows a line feed is
 * indented, unless it is already or closes a bracket.
 */
export function shown(text: string): string {
  let out = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x20 && code < 0x7f) continue
    if (code === LINE_FEED) {
      if (mayBegin(text, i + 1)) continue
      out += text.slice(from, i + 1) + INDENT
      from = i + 1
    } else if (isObeyed(text, i, code)) {
      out += `${text.slice(from, i)}\\u${code.toString(16).padStart(4, '0')}`
      from = i + 1
    }
  }
  return from === 0 ? text : out + text.slice(from)
}

function mayBegin(text: string, at: number): boolean {
  if (at === text.length || MAY_BEGIN.has(text[at])) return true
  // The frames of `console.table`.
  const code = text.charCodeAt(at)
  return code >= 0x2500 && code <= 0x257f
}

function isObeyed(text: string, at: number, code: number): boolean {
  if (!isControl(code) || code === TAB) return false
  if (code === CARRIAGE_RETURN) return text.charCodeAt(at + 1) !== LINE_FEED
  return code !== ESCAPE || !isColour(text, at)
}

/** `ESC [ 1 ; 31 m`: it changes how text looks, and nothing else. */
function isColour(text: string, start: number): boolean {
  if (text[start + 1] !== '[') return false
  for (let at = start + 2; at < start + LONGEST_COLOUR; at++) {
    const character = text[at]
    if (character === 'm') return true
    if (character !== ';' && !(character >= '0' && character <= '9')) return false
  }
  return false
}
