/**
 * A keeper that seals segments of its own and adopts those of dead writers: node keeper.js DIR ID SEGMENTS. It begins
 * when it is told to, so that it can be traced from there on.
 */
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Keeper } from '../../../build/keep/keeper.js'
import { segmentName, thisWriter } from '../../../build/store/segment.js'

const [dir, id, segments] = process.argv.slice(2)
const keeper = new Keeper({
  dir,
  keepDays: 90,
  onError: ({ code, message }) => console.log(`${code} ${message}`),
})
console.log('ready')
await once(process.stdin, 'data')
for (let i = 1; i <= Number(segments); i++) {
  const path = join(dir, 'open', segmentName(thisWriter('example'), Date.now(), i))
  const lines = [1, 2, 3].map((line) => {
    const record = { level: 30, time: new Date().toISOString(), msg: `${id}-${i}-${line}` }
    return `${JSON.stringify(record)}\n`
  })
  writeFileSync(path, lines.join(''), { mode: 0o600 })
  console.log(`wrote ${id}-${i}`)
  keeper.seal(path, 'size')
}
await keeper.start()
await keeper.close()
process.exit()
