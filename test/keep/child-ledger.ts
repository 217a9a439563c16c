/**
 * Another process on the same ledger: `child-ledger.ts append DIR COUNT` appends that many entries,
 * `child-ledger.ts hold DIR` dies while it holds the lock and has written half an entry.
 */
import { appendFileSync } from 'node:fs'
import { Ledger, ledgerPath } from '../../lib/keep/ledger.ts'

const [mode, dir, count] = process.argv.slice(2)
const ledger = new Ledger(dir)

for (let i = 0; i < Number(count ?? 0); i++) {
  await ledger.append({ kind: 'torn', name: `${process.pid}`, bytes: i })
}
if (mode === 'hold') {
  await ledger.update(async () => {
    appendFileSync(ledgerPath(dir), '{"v":0,"n":1,"pre')
    process.kill(process.pid, 'SIGKILL')
    return new Promise(() => setInterval(() => {}, 1000))
  })
}
