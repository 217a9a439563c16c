import t from 'tap'
import { Progress } from '../../lib/cli/progress.ts'

function screen(isTTY: boolean): { isTTY: boolean; write(text: string): void; text: string } {
  return {
    isTTY,
    text: '',
    write(text) {
      this.text += text
    },
  }
}

t.test('nothing is drawn in the first second, then at most ten times a second', async (t) => {
  const terminal = screen(true)
  let now = 5000
  const progress = new Progress(terminal, 2_000_000, () => now)
  now += 999
  progress.advance(500_000)
  t.equal(terminal.text, '')
  progress.clear()
  t.equal(terminal.text, '', 'nothing to take away')
  now += 1
  progress.advance(500_000)
  t.equal(terminal.text, '\r\u001b[K[############............] 50 % of 2.0 MB')
  now += 99
  progress.advance(1)
  t.equal(terminal.text.split('\r').length, 2)
})

t.test('the bar goes before other words, and is never more than full', async (t) => {
  const terminal = screen(true)
  let now = 0
  const progress = new Progress(terminal, 1000, () => now)
  now = 2000
  progress.advance(5000)
  t.match(terminal.text, /\[#{24}\] 100 %/)
  progress.clear()
  t.ok(terminal.text.endsWith('MB\r\u001b[K'))
})

t.test('bytes a second are told where that is asked for', async (t) => {
  const terminal = screen(true)
  let now = 0
  const progress = new Progress(terminal, 8_000_000, () => now, { rate: true })
  now = 2000
  progress.advance(4_000_000)
  t.match(terminal.text, / 50 % of 8\.0 MB, 2\.0 MB\/s$/)
})

for (const [why, isTTY, total] of [
  ['where there is no terminal', false, 1000],
  ['when the size is not known', true, 0],
] as const) {
  t.test(`there is no bar ${why}`, async (t) => {
    const terminal = screen(isTTY)
    let now = 0
    const progress = new Progress(terminal, total, () => now)
    now = 5000
    progress.advance(500)
    progress.clear()
    t.equal(terminal.text, '')
  })
}
