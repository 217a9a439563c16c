import type { Pipeline } from '../logger/pipeline.ts'
import type { BatchSink, ScrubbedBatch } from '../types.ts'

/** A record as a test reads it. */
export type CapturedRecord = Record<string, unknown> & {
  level: number
  time: string
  operation: string
  reqId: string
  msg: string
}

/** Keeps scrubbed lines until they are forgotten. Whoever reads gets what was logged up to then. */
export class MemorySink implements BatchSink {
  #text: string[] = []
  #records: CapturedRecord[] = []

  append(batch: ScrubbedBatch): void {
    const text = Buffer.from(batch.bytes.subarray(0, batch.ends[batch.count - 1])).toString()
    this.#text.push(text)
    for (const line of text.slice(0, -1).split('\n')) this.#records.push(recordOf(line))
  }

  async sync(): Promise<void> {}

  flushSync(): void {}

  records(pipeline: Pipeline): CapturedRecord[] {
    pipeline.flushBatch()
    return [...this.#records]
  }

  text(pipeline: Pipeline): string {
    pipeline.flushBatch()
    return this.#text.join('')
  }

  clear(pipeline: Pipeline): void {
    pipeline.flushBatch()
    this.#text = []
    this.#records = []
  }
}

/** A hook of the program's own may write what is no JSON. */
function recordOf(line: string): CapturedRecord {
  try {
    return JSON.parse(line)
  } catch {
    return { level: 0, time: '', operation: '', reqId: '', msg: line }
  }
}
