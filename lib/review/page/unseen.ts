/**
 * Characters that show nothing, or that change how what stands around them shows: a reader must see that they are
 * there. Their names are written instead.
 */

/** Code points, first and last. */
const UNSEEN: readonly (readonly [number, number])[] = [
  // Control characters: those of a terminal begin with U+001B.
  [0x00, 0x1f],
  [0x7f, 0x9f],
  // The soft hyphen, joiners, fillers and other characters without width.
  [0xad, 0xad],
  [0x034f, 0x034f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200d],
  [0x2060, 0x2065],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  // What turns the direction of text around.
  [0x061c, 0x061c],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x206f],
  // Ends of lines and paragraphs.
  [0x2028, 0x2029],
  // Halves of pairs that stand alone cannot be written.
  [0xd800, 0xdfff],
  [0xfff0, 0xfffb],
  [0xfffe, 0xffff],
  [0xe0000, 0xe0fff],
]

export function isUnseen(code: number): boolean {
  if (code >= 0x20 && code < 0x7f) return false
  return UNSEEN.some(([first, last]) => code >= first && code <= last)
}

/** As Unicode writes it: `U+202E`. */
export function nameOf(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}
