/**
 * JSON for DuckDB, which reads what a log holds less patiently than we do: half of a surrogate pair is an error to it,
 * and some of its functions end the process on values that are nested without end.
 */

/** What is nested deeper is shown to nobody as JSON. */
export const MAX_DEPTH = 200

const [QUOTE, BACKSLASH, OPEN_BRACE, OPEN_BRACKET, CLOSE_BRACE, CLOSE_BRACKET] = [...'"\\{[}]'].map((c) =>
  c.charCodeAt(0),
)

/** Whether valid JSON is nested deeper than `MAX_DEPTH`. */
export function isDeep(text: string): boolean {
  // Each level takes two characters.
  if (text.length <= 2 * MAX_DEPTH) return false
  let depth = 0
  let isInText = false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) isInText = !isInText
    else if (isInText) i += Number(code === BACKSLASH)
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > MAX_DEPTH) return true
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
  }
  return false
}

/** A value that came out of JSON as JSON again. @param value nested no deeper than `MAX_DEPTH` */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value)
  return hasSurrogates(text) ? JSON.stringify(wellFormed(value)) : text
}

/** The text of a line, or the same said otherwise where DuckDB would stumble over it. */
export function lineJson(text: string, record: unknown): string {
  return hasSurrogates(text) ? jsonOf(record) : text
}

function hasSurrogates(json: string): boolean {
  return json.includes('\\ud') || json.includes('\\uD')
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (Array.isArray(value)) return value.map(wellFormed)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)]),
  )
}
