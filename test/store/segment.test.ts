import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import t from 'tap'
import {
  adoptedName,
  parseSegmentName,
  safeHost,
  segmentName,
  thisWriter,
  type Writer,
  writerState,
  writerText,
} from '../../lib/store/segment.ts'

const STAMP = Date.UTC(2026, 10, 24, 2, 29, 31, 123)
const ada: Writer = {
  host: 'web-1.example',
  boot: 'f8eb2de8ce29',
  pidns: '4026531836',
  pid: 42,
  tid: 0,
  start: 7,
}

t.test('a name says host, boot, pid namespace, pid, thread, start, moment and counter', async (t) => {
  const name = segmentName(ada, STAMP, 1)
  t.equal(name, 'web-1.example.f8eb2de8ce29.4026531836.42.0.7.20261124022931123.000001.log')
  t.same(parseSegmentName(name), {
    name: name.slice(0, -4),
    writer: ada,
    adopter: undefined,
    stamp: STAMP,
    counter: 1,
  })
  t.equal(writerText(ada), 'web-1.example.f8eb2de8ce29.4026531836.42.0.7')
})

t.test('any host, however hostile, gives a name that is parsed back to the same writer', async (t) => {
  const writer = fc.record({
    host: fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.constantFrom(
        '..',
        '.',
        '',
        '../../etc',
        'a/b',
        '1.2.3.4.5.6.7.8',
        '~x~',
        'é\u0000\n',
        '\ud800',
        '主机',
      ),
    ),
    boot: fc.constantFrom('f8eb2de8ce29', '000000000000', '0'),
    pidns: fc.nat().map(String),
    pid: fc.nat(),
    tid: fc.nat(),
    start: fc.nat(),
  })
  const stamp = fc.integer({ min: 0, max: Date.UTC(2200, 0) })
  const property = fc.property(writer, stamp, fc.nat(), (writer, stamp, counter) => {
    const name = segmentName(writer, stamp, counter)
    const born = parseSegmentName(name)!
    const adopted = parseSegmentName(adoptedName(born, ada))!
    const host = safeHost(writer.host)
    assert.deepEqual(born, {
      name: name.slice(0, -4),
      writer: { ...writer, host },
      adopter: undefined,
      stamp,
      counter,
    })
    assert.deepEqual(adopted, { ...born, adopter: { ...ada, host: '' } })
    assert.match(name, /^[A-Za-z0-9_-][A-Za-z0-9_.-]{1,180}$/)
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('names that are not ours give undefined', async (t) => {
  const good = segmentName(ada, STAMP, 1)
  const bad = [
    '',
    '.log',
    '.gitignore',
    'app.log',
    'x'.repeat(5000) + '.log',
    good.slice(0, -4),
    `../${good}`,
    `a/${good}`,
  ]
  const twisted = [
    `~~${good}`,
    `~1~${good}`,
    good.replace('20261124', '20261324'),
    good.replace('.42.', '.-42.'),
    `.${good}`,
  ]
  for (const name of [...bad, ...twisted, `${good}\n`, good.replace('.000001.', '.1.')]) {
    t.equal(parseSegmentName(name), undefined, JSON.stringify(name.slice(0, 60)))
  }
  const property = fc.property(fc.string({ unit: 'binary-ascii' }), (name) => {
    assert.equal(parseSegmentName(`${name}.log`), undefined)
  })
  t.doesNotThrow(() => fc.assert(property))
})

t.test('a second adopter takes the place of the first', async (t) => {
  const first = parseSegmentName(adoptedName(parseSegmentName(segmentName(ada, STAMP, 1))!, ada))!
  const second = parseSegmentName(adoptedName(first, { ...ada, pid: 43 }))!
  t.equal(second.adopter?.pid, 43)
  t.equal(second.name, first.name)
})

t.test('a writer is judged only by who can see its pid', async (t) => {
  const me = thisWriter()
  t.equal(writerState(me), 'alive')
  t.equal(writerState({ ...me, tid: me.tid + 1 }), 'unknown', 'another thread of this process')
  t.equal(writerState({ ...me, boot: 'aaaaaaaaaaaa' }), 'unknown', 'another boot')
  t.equal(writerState({ ...me, pidns: '1' }), 'unknown', 'another pid namespace')
  t.equal(writerState({ ...me, pid: 2 ** 30 }), 'dead', 'a pid that is not there')
  const bare = { ...me, boot: '0', pidns: '0', start: 0 }
  t.equal(writerState({ ...bare, host: 'elsewhere' }, bare), 'unknown', 'without boot ids, another host')
  t.equal(writerState({ ...bare, pid: 2 ** 30 }, bare), 'dead', 'without /proc, a pid that is not there')
})

t.test(
  'a pid that was given to another process does not keep a dead writer alive',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const me = thisWriter()
    t.ok(me.start > 0)
    t.equal(writerState({ ...me, start: me.start - 1 }), 'dead', 'our own pid, used before us')
    const other = spawn('sleep', ['60'])
    const start = Number(readFileSync(`/proc/${other.pid}/stat`, 'utf8').split(') ')[1].split(' ')[19])
    const writer = { ...me, pid: other.pid!, start }
    t.equal(writerState(writer), 'alive')
    t.equal(writerState({ ...writer, start: start - 1 }), 'dead')
    other.kill('SIGKILL')
    await once(other, 'exit')
    t.equal(writerState(writer), 'dead')
  },
)

t.test(
  'without /proc a writer is known by its pid alone, and one that is there is never called dead',
  async (t) => {
    const gone = () => {
      throw new Error('no /proc here')
    }
    const bare = await t.mockImport<typeof import('../../lib/store/segment.ts')>(
      '../../lib/store/segment.ts',
      {
        'node:fs': { readFileSync: gone, readlinkSync: gone },
      },
    )
    const me = bare.thisWriter('host')
    t.match(me, { host: 'host', boot: '0', pidns: '0', pid: process.pid, start: 0 })
    t.equal(bare.writerState(me, me), 'alive')
    t.equal(
      bare.writerState({ ...me, start: 5 }, me),
      'unknown',
      'our pid, with a start time that we cannot see',
    )
    t.equal(bare.writerState({ ...me, pid: 1 }, me), 'unknown', 'a pid that is there')
    t.equal(bare.writerState({ ...me, pid: 2 ** 30 }, me), 'dead')
  },
)
