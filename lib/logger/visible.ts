/**
 * Makes the control characters in a parsed record visible, so that no logged value can move a terminal's cursor,
 * set its title or forge a line. Line ends stay in stacks alone.
 */
export function visible(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return visibleText(value, name === 'stack')
  if (Array.isArray(value)) return value.map((item) => visible(item))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [visibleText(key, false), visible(item, key)]),
  )
}

/** @param lineEnds whether line feeds and tabs stay */
export function visibleText(text: string, lineEnds: boolean): string {
  let shown = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!isControl(code) || (lineEnds && (code === 0x0a || code === 0x09))) continue
    shown += `${text.slice(from, i)}\\u${code.toString(16).padStart(4, '0')}`
    from = i + 1
  }
  return from === 0 ? text : shown + text.slice(from)
}

export function isControl(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true
  // Line separators, and what turns the direction of text around.
  return (
    code === 0x2028 ||
    code === 0x2029 ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  )
}
