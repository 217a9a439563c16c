/**
 * Another process on the same ledger: `child-ledger.ts append DIR COUNT` appends that many entries,
 * `child-ledger.ts hold DIR` dies while it holds the lock and has written half an entry, `child-ledger.ts starve DIR`
 * takes all descriptors that it may have while it holds the lock, keeps them, and says what is in ledger/ then.
 */
import { appendFileSync, closeSync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Ledger, ledgerPath } from '../../lib/keep/ledger.ts'
import { withLock } from '../../lib/keep/lock.ts'

const [mode, dir, count] = process.argv.slice(2)
const ledger = new Ledger(dir)

for (let i = 0; i < Number(count ?? 0); i++) {
  await ledger.append({ kind: 'torn', name: `${process.pid}`, bytes: i })
}
if (mode === 'hold') {
  await ledger.update(async () => {
    appendFileSync(ledgerPath(dir), '{"v":1,"n":1,"pre')
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => setInterval(() => {}, 1000))
  })
}
if (mode === 'starve') {
  const taken: number[] = []
  // Held for longer than half of its lease, it is dropped in another way.
  for (const lease of [60_000, 100]) {
    await withLock(
      dir,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 60))
        takeAll(taken)
      },
      { deadline: 1000, lease },
    ).catch(() => {})
    for (const fd of taken.splice(0)) closeSync(fd)
    const start = performance.now()
    const again = await withLock(dir, async () => 'free', { deadline: 1000, lease: 60_000 }).catch(String)
    const left = readdirSync(join(dir, 'ledger'))
    console.log(JSON.stringify({ again, left, isQuick: performance.now() - start < 500 }))
  }
}

function takeAll(taken: number[]): void {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'))
  } catch {
    // None is left.
  }
}
