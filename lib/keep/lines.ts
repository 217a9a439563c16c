const NEWLINE = 0x0a

/**
 * Whole lines of a stream, without their `\n`, as many at a time as a chunk ends. What follows the last `\n` is
 * no line, and is left out.
 */
export async function* wholeLines(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let begun: Buffer[] = []
  for await (const chunk of source) {
    const lines: Buffer[] = []
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const rest = chunk.subarray(start, end)
      lines.push(begun.length === 0 ? rest : Buffer.concat([...begun, rest]))
      begun = []
      start = end + 1
    }
    if (start < chunk.length) begun.push(chunk.subarray(start))
    yield lines
  }
}
