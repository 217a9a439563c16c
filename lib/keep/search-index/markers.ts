const MARKER_HEAD = Buffer.from('[SECRET:')
const LONGEST_ID = 32
const COLON = 0x3a
const CLOSE_BRACKET = 0x5d
const DASH = 0x2d

/**
 * Finds what the gate leaves behind, `[SECRET:id]` and `[SECRET:id:hex]`, in lines that are given one after the other.
 * Lines without one cost nothing: it looks once for the next in all of the bytes.
 */
export class MarkerFinder {
  #bytes: Buffer | undefined
  /** Nothing stands between these two places; at the second one does, or the bytes end. */
  #from = 0
  #next = 0

  /** Whether a line may hold one. */
  has(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#bytes || start < this.#from) this.#look(bytes, start)
    return this.#next < end
  }

  /**
   * Tells the id of each marker in the line, as often as it stands there.
   * @param bytes that nobody has changed since the call before, if they were given there too
   */
  each(bytes: Buffer, start: number, end: number, tell: (id: string) => void): void {
    this.has(bytes, start, end)
    while (this.#next < end) {
      const from = this.#next + MARKER_HEAD.length
      if (this.#next >= start) {
        const to = idEnd(bytes, from, end)
        if (to !== -1) tell(bytes.toString('latin1', from, to))
      }
      this.#look(bytes, Math.max(start, from))
    }
  }

  #look(bytes: Buffer, from: number): void {
    const next = bytes.indexOf(MARKER_HEAD, from)
    this.#bytes = bytes
    this.#from = from
    this.#next = next === -1 ? Number.POSITIVE_INFINITY : next
  }
}

/** Where the id of a whole marker ends, or -1. */
function idEnd(bytes: Buffer, from: number, end: number): number {
  let to = from
  while (to < end && to - from < LONGEST_ID && isIdByte(bytes[to])) to++
  if (to === from || to >= end) return -1
  let close = to
  if (bytes[to] === COLON) {
    close = to + 1
    while (close < end && isHexByte(bytes[close])) close++
    if (close === to + 1) return -1
  }
  return close < end && bytes[close] === CLOSE_BRACKET ? to : -1
}

function isIdByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || isDigit(byte) || byte === DASH
}

function isHexByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x66) || isDigit(byte)
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}
