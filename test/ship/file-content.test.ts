import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { FileContent } from '../../lib/ship/file-content.ts'
import { folder } from '../helpers.ts'

const MB = 1024 * 1024

/** Bytes that differ from place to place. */
function bytesOf(length: number): Buffer {
  const block = Buffer.from(Array.from({ length: 251 }, (_, i) => (i * 97) % 256))
  return Buffer.alloc(length, block)
}

async function contentOf(t: Test, bytes: Buffer, start = 0, end = bytes.length): Promise<FileContent> {
  const path = join(folder(t), 'content')
  writeFileSync(path, bytes)
  const content = new FileContent(await open(path), { start, end })
  t.teardown(() => content.close().catch(() => {}))
  return content
}

function sumOf(name: string, bytes: Buffer): string {
  return createHash(name).update(bytes).digest('hex')
}

for (const [what, length] of [
  ['a small one', 1000],
  ['one of several blocks', MB + 1],
  ['one that is just held', 8 * MB],
  ['one that is not held', 8 * MB + 1],
] as const)
  t.test(`${what} has the sums of what is sent, each time that it is sent`, async (t) => {
    const bytes = bytesOf(length)
    const content = await contentOf(t, bytes)
    t.same(await content.sums(), { sha256: sumOf('sha256', bytes), md5: sumOf('md5', bytes), bytes: length })
    for (let i = 0; i < 2; i++) t.ok((await buffer(content.open())).equals(bytes))
  })

t.test('a part is that part, and what ends too soon is as long as it is', async (t) => {
  const bytes = bytesOf(MB)
  const part = bytes.subarray(10, 300_000)
  const content = await contentOf(t, bytes, 10, 300_000)
  t.match(await content.sums(), { sha256: sumOf('sha256', part), bytes: part.length })
  t.ok((await buffer(content.open())).equals(part))
  for (const end of [2 * MB, 20 * MB]) {
    const short = await contentOf(t, bytes, 0, end)
    t.match(await short.sums(), { sha256: sumOf('sha256', bytes), bytes: MB })
    t.ok((await buffer(short.open())).equals(bytes))
  }
})

t.test('so many at once that not all are held are all right, and again when they have gone', async (t) => {
  const bytes = bytesOf(8 * MB)
  const sha256 = sumOf('sha256', bytes)
  for (let round = 0; round < 2; round++) {
    const contents = await Promise.all(Array.from({ length: 6 }, () => contentOf(t, bytes)))
    for (const content of contents) t.match(await content.sums(), { sha256 })
    for (const content of contents) t.equal(sumOf('sha256', await buffer(content.open())), sha256)
    for (const content of contents) await content.close()
  }
})
