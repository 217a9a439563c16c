const LONGEST = 4096
const SIGN = '"kind":"segment-'

interface Frame {
  kind: 'segment-start' | 'segment-end'
  segment: { writer: string; number: number }
}

/** Whether a line is one of the two that stand at the beginning and at the end of a segment. */
export function isFrame(line: Buffer): boolean {
  return parsed(line) !== undefined
}

/** Which segment of which writer a first line begins; undefined for any other line. */
export function originIn(line: Buffer): string | undefined {
  const frame = parsed(line)
  return frame?.kind === 'segment-start' ? `${frame.segment.writer} ${frame.segment.number}` : undefined
}

function parsed(line: Buffer): Frame | undefined {
  if (line.length > LONGEST || !line.includes(SIGN)) return undefined
  try {
    const { kind, segment } = JSON.parse(line.toString())
    const isOurs = kind === 'segment-start' || kind === 'segment-end'
    return isOurs && typeof segment.writer === 'string' && Number.isSafeInteger(segment.number)
      ? { kind, segment }
      : undefined
  } catch {
    return undefined
  }
}
