import { chmodSync, mkdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { Ledger, type SegmentFact } from '../../lib/keep/ledger.ts'
import { type ReadLine, readSegments } from '../../lib/keep/reader.ts'
import { seal } from '../../lib/keep/seal.ts'
import { adoptedName, parseSegmentName, segmentName, thisWriter } from '../../lib/store/segment.ts'
import { logDirectory } from '../store/helpers.ts'
import { endedSegment, entriesOf, NOON } from './helpers.ts'

async function all(dir: string): Promise<ReadLine[]> {
  const lines: ReadLine[] = []
  for await (const line of readSegments(dir)) lines.push(line)
  return lines
}

t.test(
  'lines of sealed and open segments come in the order of their segments, and half a line does not',
  async (t) => {
    const dir = logDirectory(t)
    const long = 'x'.repeat(200_000)
    const paths = [`one\n${long}\n`, 'two\n', 'three\nhalf'].map((text) => endedSegment(dir, text))
    await seal(new Ledger(dir), paths[1], 'size')
    writeFileSync(join(dir, 'open', 'app.log'), 'foreign\n')
    writeFileSync(join(dir, 'sealed', 'stray'), 'foreign\n')
    mkdirSync(join(dir, 'sealed', '2026', '11', '00'), { recursive: true })
    writeFileSync(join(dir, 'sealed', '2026', '11', '00', 'stray'), 'foreign\n')
    t.same(
      (await all(dir)).map(({ name, sealed, line }) => [name, sealed, line.slice(0, 5)]),
      [
        [basename(paths[0], '.log'), false, 'one'],
        [basename(paths[0], '.log'), false, 'xxxxx'],
        [basename(paths[1], '.log'), true, 'two'],
        [basename(paths[2], '.log'), false, 'three'],
      ],
    )
  },
)

t.test(
  'segments that are adopted, sealed or removed while others are read are found where they are',
  async (t) => {
    const dir = logDirectory(t)
    const [first, second, third, fourth] = ['1', '2', '3', '4'].map((text) => endedSegment(dir, `${text}\n`))
    const lines: string[] = []
    for await (const { line } of readSegments(dir)) {
      lines.push(line)
      if (line !== '1') continue
      await seal(new Ledger(dir), first, 'size')
      await seal(new Ledger(dir), second, 'size')
      renameSync(third, join(dir, 'open', adoptedName(parseSegmentName(basename(third))!, thisWriter())))
      renameSync(fourth, join(dir, 'gone'))
    }
    t.same(lines, ['1', '2', '3'])
  },
)

t.test('a segment that is both open and sealed, after a crash, is read once', async (t) => {
  const dir = logDirectory(t)
  const path = endedSegment(dir, 'line\n')
  await seal(new Ledger(dir), path, 'size')
  writeFileSync(path, 'line\n')
  t.match(await all(dir), [{ sealed: true, line: 'line' }])
  t.equal((await all(dir)).length, 1)
})

t.test(
  'a damaged sealed segment is an error that names it, and who stops early leaves nothing open',
  async (t) => {
    const dir = logDirectory(t)
    await seal(new Ledger(dir), endedSegment(dir, 'line\n'.repeat(20_000)), 'size')
    const [, { path }] = (await entriesOf(dir)) as unknown as SegmentFact[]
    const file = join(dir, path)
    for await (const { line } of readSegments(dir)) {
      t.equal(line, 'line')
      break
    }
    chmodSync(file, 0o600)
    truncateSync(file, readFileSync(file).length - 20)
    await t.rejects(all(dir), {
      code: 'HUSHLOG_READ',
      message: new RegExp(`cannot read ${file}: Z_BUF_ERROR`),
    })
    writeFileSync(file, 'rubbish')
    await t.rejects(all(dir), { code: 'HUSHLOG_READ', message: /Z_DATA_ERROR/ })
  },
)

t.test('segments that two writers opened at the same moment come in the order of their names', async (t) => {
  for (const sealedPid of [1001, 1002]) {
    const dir = logDirectory(t)
    for (const pid of [1002, 1001]) {
      const path = join(dir, 'open', segmentName({ ...thisWriter('test'), pid }, NOON, 1))
      writeFileSync(path, `${pid}\n`)
      if (pid === sealedPid) await seal(new Ledger(dir), path, 'size')
    }
    t.same(
      (await all(dir)).map(({ line }) => line),
      ['1001', '1002'],
      `${sealedPid} is sealed`,
    )
  }
})

t.test('a directory without segments has no lines', async (t) => {
  t.same(await all(logDirectory(t)), [])
  t.same(await all('/nowhere'), [])
})
