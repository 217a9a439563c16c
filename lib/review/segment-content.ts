import { wholeLines } from '../keep/lines.ts'
import { type Segment, segmentText } from '../keep/reader.ts'
import { openSealed, type SealedFile } from '../keep/sealed-file.ts'
import { RecordFields } from '../keep/search-index/record-fields.ts'
import { summarize } from '../keep/search-index/summarize.ts'
import type { Summary } from '../keep/search-index/summary.ts'

/** What a review reads of a segment. */
export interface SegmentContent {
  summary: Summary
  /** Audit records, gaps, the store's own; more may be among them. */
  ownLines: AsyncIterable<Buffer> | Iterable<Buffer>
  isIndexed: boolean
}

const KINDS = ['audit', 'gap', 'clock'].map((kind) => Buffer.from(kind))
const OWN = KINDS.map((kind) => ({ field: 'kind', value: kind.toString() }) as const)

/**
 * Hands over what a segment says: of a sealed one by its index, of any other by its lines.
 * @param dir where the segment is looked for when it has moved
 * @param isText whether a segment without an index is read; else `undefined` is returned for it
 * @throws HushlogError `HUSHLOG_READ` when it is damaged, `HUSHLOG_KEY` when no identity opens it
 */
export async function readContent<T>(
  dir: string,
  segment: Segment,
  identities: readonly string[],
  isText: boolean,
  take: (content: SegmentContent) => Promise<T>,
): Promise<T | undefined> {
  if (segment.sealed) {
    const file = await openSealed(segment.path, identities)
    try {
      const index = await file.index()
      if (index !== undefined) {
        const ownLines = index.extract ?? linesOf(file, index.membersWith([OWN]))
        return await take({ summary: index.summary, ownLines, isIndexed: true })
      }
    } finally {
      await file.close()
    }
  }
  if (!isText) return undefined
  const text = () => segmentText(dir, segment, identities)
  const { summary, extract } = await summarize(text(), segment.stamp)
  const ownLines = extract ?? ownLinesOf(text())
  return take({ summary, ownLines, isIndexed: false })
}

function linesOf(file: SealedFile, members: readonly number[]): AsyncGenerator<Buffer> {
  return ownLinesOf(file.lines(members))
}

async function* ownLinesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const fields = new RecordFields()
  for await (const lines of wholeLines(chunks))
    for (const line of lines)
      if (fields.read(line, 0, line.length) && KINDS.some((kind) => fields.is('kind', kind))) yield line
}
