const NEWLINE = 0x0a
// `level` and `time` are the first fields of a line; what stands further in may be the program's own.
const HEAD = 256
const TIME_KEY = '"time":"'
const TIME_LENGTH = '2026-11-24T02:29:31.123Z'.length

/** Counts the lines of a stream of chunks and notes the times of the first and the last one. */
export class LineCounter {
  bytes = 0
  count = 0
  /** ISO 8601; undefined as long as no line said its time. */
  first: string | undefined
  last: string | undefined
  #head: Buffer = Buffer.alloc(0)

  add(chunk: Buffer): void {
    this.bytes += chunk.length
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#begin(chunk, start, end)
      this.#end()
      start = end + 1
    }
    this.#begin(chunk, start, chunk.length)
  }

  #begin(chunk: Buffer, start: number, end: number): void {
    const room = HEAD - this.#head.length
    if (room === 0 || start === end) return
    const part = chunk.subarray(start, Math.min(end, start + room))
    this.#head = this.#head.length === 0 ? part : Buffer.concat([this.#head, part])
  }

  #end(): void {
    const time = timeOf(this.#head)
    this.first ??= time
    this.last = time ?? this.last
    this.count++
    this.#head = Buffer.alloc(0)
  }
}

function timeOf(head: Buffer): string | undefined {
  const key = head.indexOf(TIME_KEY)
  if (key === -1) return undefined
  const start = key + TIME_KEY.length
  const text = head.toString('latin1', start, start + TIME_LENGTH)
  const time = Date.parse(text)
  return Number.isNaN(time) || new Date(time).toISOString() !== text ? undefined : text
}
