/** What is shipped in these rows. */
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'

const DAY = 86_400_000
const CHUNK = 64 * 1024
const piece = randomBytes(CHUNK)

/** Each opening reads it anew, a chunk at a time: it never lies in memory as a whole. */
function* chunks(bytes, seed) {
  const first = Buffer.concat([Buffer.from(seed), piece]).subarray(0, Math.min(CHUNK, bytes))
  yield first
  for (let left = bytes - first.length; left > 0; left -= CHUNK)
    yield piece.subarray(0, Math.min(CHUNK, left))
}

export function objectOf(name, bytes = 1000, more = {}) {
  const [sha256, md5] = ['sha256', 'md5'].map((algorithm) => {
    const hash = createHash(algorithm)
    for (const chunk of chunks(bytes, name)) hash.update(chunk)
    return hash.digest('hex')
  })
  return {
    key: `service=test/${name}.${sha256}.log.gz`,
    sha256,
    md5,
    bytes,
    type: 'application/gzip',
    lockUntil: Date.now() + 90 * DAY,
    open: () => Readable.from(chunks(bytes, name), { objectMode: false }),
    ...more,
  }
}

export function contentOf(object) {
  return object.open().toArray().then(Buffer.concat)
}
