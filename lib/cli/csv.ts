/**
 * A cell of a CSV table (RFC 4180). What stands in a log is hostile: control characters are shown and not obeyed, and
 * no cell is a formula to a spreadsheet (OWASP, CSV Injection).
 */
import { visibleText } from '../logger/visible.ts'

/** What spreadsheets take for the beginning of a formula, the wide forms of it too. */
const FORMULA = '=+-@\uff1d\uff0b\uff0d\uff20'
const QUOTED = [',', '"', ';']

export function csvText(text: string): string {
  // What stands in front does not stop all of them.
  const first = text.trimStart()[0]
  const visible = visibleText(text, false)
  const safe = first !== undefined && FORMULA.includes(first) ? `'${visible}` : visible
  return QUOTED.some((sign) => safe.includes(sign)) ? `"${safe.replaceAll('"', '""')}"` : safe
}
