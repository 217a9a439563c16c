/**
 * A writer that is killed after its last line, or in the middle of one more: `child-writer.ts kill|tear DIR`.
 */
import { appendFileSync } from 'node:fs'
import { SegmentWriter } from '../../lib/store/writer.ts'
import { batchOf } from './helpers.ts'

const [mode, dir] = process.argv.slice(2)
const ignore = () => {}
const writer = new SegmentWriter({
  dir,
  maxSize: 10_000,
  maxAge: 86_400_000,
  onFull: 'drop',
  onSealable: ignore,
  onGap: ignore,
  onError: ignore,
})

for (let i = 0; i < 5000; i++) writer.append(batchOf([`line ${i}`]))
if (mode === 'tear') appendFileSync(writer.stats().segment as string, 'half a li')
process.kill(process.pid, 'SIGKILL')
