import { indexMembers, MEMBER_SIZE, packMember, type Row } from './gzip-members.ts'
import type { Plaintext } from './plaintext.ts'
import { readFully } from './random-access.ts'
import { sealFailure } from './seal-failure.ts'
import { IndexBuilder } from './search-index/index-builder.ts'

/**
 * Members in work at a time. They are packed in the pool of threads that the program's own files use too: two keep a
 * core busy, and leave the pool to the program.
 */
const AHEAD = 2

/**
 * The whole lines of a segment as gzip with an index, a member at a time.
 * @param onText told of each piece of the text, in order
 */
export async function* compressed(
  plaintext: Plaintext,
  onText: (text: Buffer) => void,
): AsyncGenerator<Buffer> {
  const rows: Row[] = []
  const search = new SearchIndex()
  const told = (text: Buffer) => {
    onText(text)
    search.add(text)
  }
  for await (const { packed, plain } of inOrder(packing(plaintext, told))) {
    rows.push({ packed: packed.length, plain })
    yield packed
  }
  yield indexMembers(rows, await search.finish(plaintext.mtimeMs))
}

/** No failure in it keeps a segment from being sealed: that is then searched without one. */
class SearchIndex {
  #builder: IndexBuilder | undefined = new IndexBuilder()

  add(text: Buffer): void {
    try {
      this.#builder?.add(text)
    } catch {
      this.#builder = undefined
    }
  }

  async finish(modified: number): Promise<Buffer | undefined> {
    try {
      return await this.#builder?.finish(modified)
    } catch {
      return undefined
    }
  }
}

interface Packed {
  packed: Buffer
  plain: number
}

async function* packing(
  plaintext: Plaintext,
  onText: (text: Buffer) => void,
): AsyncGenerator<{ work: Promise<Packed> }> {
  for (let at = 0; at < plaintext.end; at += MEMBER_SIZE) {
    const text = Buffer.allocUnsafeSlow(Math.min(MEMBER_SIZE, plaintext.end - at))
    if ((await readFully(plaintext.handle, text, at)) < text.length)
      throw sealFailure(plaintext.path, 'it was cut off while it was being sealed')
    const work = packMember(text).then((packed) => ({ packed, plain: text.length }))
    // Looked at below; until then a failure is nobody's.
    work.catch(() => {})
    onText(text)
    yield { work }
  }
}

/** Holds work that has begun, and gives its results in the order in which it began. */
async function* inOrder<T>(works: AsyncIterable<{ work: Promise<T> }>): AsyncGenerator<T> {
  const begun: Promise<T>[] = []
  for await (const { work } of works) {
    begun.push(work)
    if (begun.length >= AHEAD) yield (await begun.shift()) as T
  }
  for (const work of begun) yield await work
}
