const LONGEST = 4096
const SIGN = '"kind":"segment-'
const KINDS = new Set(['segment-start', 'segment-end'])

/** Whether a line is one of the two that stand at the beginning and at the end of a segment. */
export function isFrame(line: Buffer): boolean {
  if (line.length > LONGEST || !line.includes(SIGN)) return false
  try {
    return KINDS.has(JSON.parse(line.toString()).kind)
  } catch {
    return false
  }
}
