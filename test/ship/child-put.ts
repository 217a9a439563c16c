/** Puts an object into a directory and never comes to its end. */
import { Readable } from 'node:stream'
import { DirectoryTarget } from '../../lib/ship/directory-target.ts'

const [, , path, key] = process.argv
const target = new DirectoryTarget({ option: '--to', path })

async function* endless() {
  yield Buffer.alloc(1 << 20, 'a')
  process.stdout.write('half\n')
  await new Promise(() => setInterval(() => {}, 1000))
}

await target.put({
  key,
  sha256: '0'.repeat(64),
  md5: '',
  bytes: 2 << 20,
  type: 'application/gzip',
  lockUntil: 0,
  open: () => Readable.from(endless()),
})
