/** What can be done to a sealed directory, each with the kinds of findings that name it. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { Encrypter } from 'age-encryption'
import { parseCheckpoint, parseVerifierKey } from '../../../build/keep/note.js'
import { verify } from '../../../build/keep/verify.js'
import * as attacker from './attacker.js'
import { copyOf, filesOf, linesOf, sealedDirectory, writeLines } from './directory.js'

/** Sealed files are then not read: for what only the ledger and the keys can tell. */
const NO_FILES = { since: Date.UTC(2100, 0) }
const COMMAND = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url))
const SMALL = 8192
const RANDOM = process.env.HUSHLOG_FULL === '1' ? 2000 : 300

/** What is known elsewhere, and the directory that is tampered with and put right again. */
export class Victim {
  static async make(segments, options) {
    const victim = new Victim()
    Object.assign(victim, await sealedDirectory(segments, options))
    const { problems, ledger } = await verify({ dir: victim.dir })
    if (problems.length > 0)
      throw new Error(`not honest before anything was done: ${JSON.stringify(problems)}`)
    victim.lines = linesOf(victim.dir)
    victim.entries = victim.lines.map((line) => JSON.parse(line))
    victim.key = parseVerifierKey(ledger.firstKey)
    victim.note = ledger.proven.checkpoint
    victim.checkpoint = parseCheckpoint(victim.note)
    const pruned = new Set(victim.entries.filter(({ kind }) => kind === 'pruned').map(({ name }) => name))
    victim.segments = victim.entries.filter(({ kind, name }) => kind === 'segment' && !pruned.has(name))
    return victim
  }

  path(name) {
    return join(this.dir, name)
  }

  /** Does something to a copy of the directory, and verifies that. */
  async attack(work, options = {}) {
    const dir = copyOf(this.dir)
    try {
      await work(dir)
      return await problemsOf(dir, options)
    } finally {
      rmSync(dir, { recursive: true, force: true })
    }
  }

  /** Writes another ledger into the directory, and verifies that; then the right one again. */
  async withLedger(lines, options = NO_FILES) {
    try {
      writeLines(this.dir, lines)
      return await problemsOf(this.dir, options)
    } finally {
      writeLines(this.dir, this.lines)
    }
  }
}

/** Problems; that it cannot be read at all is one, too. */
async function problemsOf(dir, options) {
  try {
    return (await verify({ dir, ...options })).problems
  } catch (error) {
    if (!error.code?.startsWith('HUSHLOG_')) throw error
    return [{ kind: error.code, where: '', what: error.message }]
  }
}

/** One row of the table: counts what was tried, what was found, and under which kinds. */
class Row {
  tries = 0
  detected = 0
  kinds = new Set()
  missed = []

  constructor(name, expected) {
    this.name = name
    this.expected = expected
  }

  /** @param where what the finding must name, when that is known */
  add(problems, label, where, expected = this.expected) {
    this.tries++
    const right = problems.filter((problem) => expected.includes(problem.kind))
    const isNamed = right.some((problem) => where === undefined || problem.where === where)
    for (const { kind } of right) this.kinds.add(kind)
    if (isNamed) this.detected++
    else this.missed.push(`${label}: ${JSON.stringify(problems.slice(0, 3))}`)
  }
}

const random = (below) => Math.floor(Math.random() * below)
const someFlip = () => 1 + random(255)

function flip(path, at, by) {
  const fd = openSync(path, 'r+')
  const byte = Buffer.alloc(1)
  readSync(fd, byte, 0, 1, at)
  byte[0] ^= by
  writeSync(fd, byte, 0, 1, at)
  closeSync(fd)
}

/** One byte of each of many small files at a time: each of them must be named. */
async function flippedFiles(victim, row, names) {
  const sizes = names.map((name) => statSync(victim.path(name)).size)
  for (let at = 0; at < Math.max(...sizes); at++) {
    const done = names.flatMap((name, i) => (at < sizes[i] ? [{ name, by: someFlip() }] : []))
    for (const { name, by } of done) flip(victim.path(name), at, by)
    const { problems } = await verify({ dir: victim.dir })
    for (const { name, by } of done) {
      flip(victim.path(name), at, by)
      row.add(problems, `${name}, byte ${at} ^ ${by}`, name)
    }
    const others = problems.filter(({ where }) => !done.some(({ name }) => name === where))
    if (others.length > 0) row.missed.push(`byte ${at}: also ${JSON.stringify(others)}`)
  }
}

async function flippedAt(victim, row, name, positions, options) {
  for (const at of positions) {
    const by = someFlip()
    flip(victim.path(name), at, by)
    const problems = await problemsOf(victim.dir, options)
    flip(victim.path(name), at, by)
    row.add(problems, `${name}, byte ${at} ^ ${by}`)
  }
}

const isSealed = (name) => name.startsWith('sealed/')
const isSmall = (victim) => (name) => statSync(victim.path(name)).size <= SMALL

const ROWS = {
  'a byte of a small file flipped, all positions': [
    ['modified'],
    async (victim, row) => {
      const names = filesOf(victim.dir).filter((name) => isSealed(name) || /^(torn\/|\.gitignore)/.test(name))
      await flippedFiles(victim, row, names.filter(isSmall(victim)))
    },
  ],
  'a byte of keys/ flipped, all positions': [
    ['modified', 'wrong-key', 'truncated'],
    async (victim, row) => {
      for (const name of filesOf(victim.dir).filter((name) => name.startsWith('keys/')))
        await flippedAt(victim, row, name, Array(statSync(victim.path(name)).size).keys(), NO_FILES)
    },
  ],
  'a byte of the ledger flipped, at random': [
    ['modified', 'missing', 'reordered', 'inserted', 'wrong-key', 'truncated'],
    async (victim, row) => {
      const name = 'ledger/ledger.jsonl'
      const { size } = statSync(victim.path(name))
      await flippedAt(
        victim,
        row,
        name,
        Array.from({ length: RANDOM }, () => random(size)),
        NO_FILES,
      )
    },
  ],
  'a byte of a large segment flipped, at random': [
    ['modified'],
    async (_, row) => {
      // Alone in its directory, so that nothing else is read 2,000 times.
      const victim = await Victim.make(1, { prunedSegments: 0 })
      const [{ path, sealedBytes }] = victim.segments
      if (sealedBytes <= SMALL) throw new Error('it is not large')
      await flippedAt(
        victim,
        row,
        path,
        Array.from({ length: RANDOM }, () => random(sealedBytes)),
      )
    },
  ],
  'a segment removed': [
    ['missing'],
    async (victim, row) => {
      for (const { path } of victim.segments)
        row.add(await victim.attack((dir) => rmSync(join(dir, path))), path, path)
    },
  ],
  'two segments exchanged': [
    ['reordered'],
    async (victim, row) => {
      for (let i = 0; i < victim.segments.length; i++) {
        const { path: one } = victim.segments[i]
        const { path: other } =
          victim.segments[(i + 1 + random(victim.segments.length - 1)) % victim.segments.length]
        const problems = await victim.attack((dir) => exchange(join(dir, one), join(dir, other)))
        row.add(problems, `${one} and ${other}`, one)
        row.add(problems, `${one} and ${other}`, other)
      }
    },
  ],
  'a segment copied to another name': [
    ['inserted'],
    async (victim, row) => {
      for (const { path } of victim.segments.slice(0, 20))
        for (const place of copiesOf(path))
          row.add(await victim.attack((dir) => copy(dir, path, place)), place, place)
    },
  ],
  'a segment replaced by a valid other': [
    ['modified', 'truncated'],
    async (victim, row) => {
      for (const { path } of victim.segments) {
        const other = await validOther(victim, path)
        row.add(await victim.attack((dir) => replace(join(dir, path), other)), path, path)
      }
    },
  ],
  'a segment cut short': [
    ['truncated'],
    async (victim, row) => {
      for (const { path, sealedBytes } of victim.segments.slice(0, 20))
        row.add(await victim.attack((dir) => shorten(join(dir, path), random(sealedBytes))), path, path)
    },
  ],
  'a link in place of a segment': [
    ['modified', 'inserted'],
    async (victim, row) => {
      for (const { path } of victim.segments.slice(0, 5))
        row.add(await victim.attack((dir) => hideBehindLink(dir, path)), path, path)
    },
  ],
  'the ledger cut at each entry, key left': [
    // Without any entry there is no key to compare with; the files are then not listed.
    ['truncated', 'inserted'],
    async (victim, row) => {
      for (let n = 0; n < victim.lines.length; n++)
        row.add(await victim.withLedger(victim.lines.slice(0, n)), `before entry ${n}`)
    },
  ],
  'the ledger cut at each entry, key removed': [
    ['inserted', 'missing', 'truncated'],
    async (victim, row) => {
      const key = victim.path('keys/current')
      const content = readFileSync(key)
      rmSync(key)
      for (let n = 0; n < victim.lines.length; n++)
        row.add(await victim.withLedger(victim.lines.slice(0, n)), `before entry ${n}`)
      writeFileSync(key, content, { mode: 0o600 })
    },
  ],
  'the ledger cut at each entry, with the checkpoint': [
    ['truncated'],
    async (victim, row) => {
      const options = { ...NO_FILES, checkpoint: victim.checkpoint }
      for (let n = 0; n < victim.lines.length; n++)
        row.add(await victim.withLedger(victim.lines.slice(0, n), options), `before entry ${n}`)
    },
  ],
  'the ledger cut in the middle of a line': [
    ['truncated', 'modified', 'missing', 'inserted'],
    async (victim, row) => {
      const path = victim.path('ledger/ledger.jsonl')
      const content = readFileSync(path)
      for (let i = 0; i < 200; i++) {
        const size = i < 20 ? content.length - 1 - i : random(content.length)
        writeFileSync(path, content.subarray(0, size))
        row.add(await problemsOf(victim.dir, NO_FILES), `after ${size} bytes`)
      }
      writeFileSync(path, content)
    },
  ],
  'everything put back together, with the checkpoint': [
    ['truncated'],
    async (victim, row) => {
      const { checkpoint, key, earlier } = victim
      row.add(await problemsOf(earlier, { checkpoint, keys: [key] }), 'the copy from the middle')
    },
  ],
  'everything put back, hushlog verify without it': [
    ['unanchored'],
    async (victim, row) => {
      const args = [COMMAND, 'verify', victim.earlier]
      const { status: code, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
      const isTold = code === 1 && /^proven up to entry \d+, /m.test(stdout) && /^anchored +no$/m.test(stdout)
      row.add(isTold ? [{ kind: 'unanchored' }] : [{ kind: `code ${code}`, what: stdout }], 'the command')
    },
  ],
  'the tail cut, one group with the current key behind it': [
    // Whether one signature at the end was changed, or made by a key that nobody has named, cannot be told apart.
    ['wrong-key', 'modified'],
    (victim, row) => cutAndContinued(victim, row, 1),
  ],
  'the tail cut and continued with the current key': [
    ['wrong-key'],
    (victim, row) => cutAndContinued(victim, row, 3),
  ],
  'the last seal made to name the current key': [
    ['wrong-key', 'modified'],
    async (victim, row) => {
      const signer = attacker.currentKey(victim.dir)
      for (const seal of attacker.sealsIn(victim.lines).slice(0, -1)) {
        const keys = freshKeys(signer)
        const kept = victim.lines.slice(0, seal + 1)
        kept[seal] = JSON.stringify({ ...JSON.parse(kept[seal]), next: signer.publicKey })
        const forged = attacker.continued(kept, [{ kind: 'heartbeat', open: 0 }], keys)
        row.add(await withKey(victim, keys.last(), forged), `entry ${seal}`, `entry ${seal}`)
      }
    },
  ],
  'the past signed again with the current key': [
    ['wrong-key'],
    async (victim, row) => {
      const current = attacker.currentKey(victim.dir)
      for (let n = 1; n < victim.lines.length; n++) {
        if (victim.entries[n].kind === 'seal') continue
        for (const keys of [sameKey(current), freshKeys(current)]) {
          const forged = attacker.remade(changedAt(victim.lines, n), n, keys)
          const seal = attacker.sealsIn(victim.lines).find((seal) => seal > n)
          // Of the last signature alone nobody can tell whether it was changed or made by a key that nobody has named.
          const kinds = seal === victim.lines.length - 1 ? ['wrong-key', 'modified'] : undefined
          row.add(await withKey(victim, keys.last(), forged), `from entry ${n}`, `entry ${seal}`, kinds)
        }
      }
    },
  ],
  'everything signed again with new keys, --key given': [
    ['wrong-key'],
    async (victim, row) => {
      const keys = freshKeys(attacker.newKey())
      const first = keys.first.publicKey
      const begun = [JSON.stringify({ ...victim.entries[0], key: first }), ...victim.lines.slice(1)]
      const forged = attacker.remade(changedAt(begun, 1), 0, keys)
      const options = { keys: [victim.key] }
      row.add(await withKey(victim, keys.last(), forged, options), 'keys/first.pub left', 'keys/first.pub')
      row.add(await withKey(victim, keys.last(), forged, options), '--key', 'entry 0')
    },
  ],
  'an entry inserted, with its prev and without': [
    ['inserted', 'modified'],
    async (victim, row) => {
      for (let n = 1; n <= victim.lines.length; n += 1) {
        const fact = JSON.stringify({
          v: 1,
          n,
          prev: attacker.prevOf(victim.lines[n - 1]),
          at: '2026-04-12T00:00:00.000Z',
          kind: 'heartbeat',
          open: 0,
        })
        const wrong = JSON.stringify({ ...JSON.parse(fact), prev: '1'.repeat(64) })
        // What stands behind the last seal counts for nothing: an append was broken off, or somebody pretends so.
        if (n === victim.lines.length) continue
        row.add(await victim.withLedger(victim.lines.toSpliced(n, 0, fact)), `at ${n}, with prev`)
        row.add(await victim.withLedger(victim.lines.toSpliced(n, 0, wrong)), `at ${n}, without prev`)
      }
    },
  ],
  'an entry removed, or two exchanged': [
    ['missing', 'reordered', 'modified', 'truncated'],
    async (victim, row) => {
      for (let n = 0; n < victim.lines.length; n++) {
        row.add(await victim.withLedger(victim.lines.toSpliced(n, 1)), `${n} removed`)
        const other = (n + 1 + random(victim.lines.length - 1)) % victim.lines.length
        const exchanged = victim.lines.with(n, victim.lines[other]).with(other, victim.lines[n])
        row.add(await victim.withLedger(exchanged), `${n} and ${other} exchanged`)
      }
    },
  ],
  'a tombstone forged, its segment removed': [
    ['inserted', 'missing', 'modified', 'wrong-key'],
    async (victim, row) => {
      const current = attacker.currentKey(victim.dir)
      for (const segment of victim.segments.slice(0, 25)) {
        const { name, sha256, last } = segment
        const stone = {
          v: 1,
          n: 0,
          prev: '',
          at: '2026-04-15T00:00:00.000Z',
          kind: 'pruned',
          name,
          sha256,
          last,
        }
        const at = segment.n + 1 + random(victim.lines.length - segment.n - 1)
        const text = JSON.stringify(stone)
        const put = (n) => victim.lines.toSpliced(n, 0, attacker.relinked(text, n, victim.lines[n - 1]))
        const without = (lines, key) =>
          victim.attack((dir) => {
            rmSync(join(dir, segment.path))
            writeLines(dir, lines)
            if (key !== undefined) attacker.putCurrentKey(dir, key)
          })
        row.add(await without(put(at)), `put in at ${at}`)
        row.add(await without(put(victim.lines.length)), 'appended without a seal', segment.path)
        const begin = attacker.groupBegin(victim.lines, at)
        const keys = sameKey(current)
        row.add(
          await without(attacker.remade(victim.lines.toSpliced(begin, 0, text), begin, keys), current),
          `signed at ${begin}`,
        )
      }
    },
  ],
  'a checkpoint that disagrees': [
    ['modified', 'wrong-key', 'truncated'],
    async (victim, row) => {
      for (const [label, note] of await wrongCheckpoints(victim)) {
        const checkpoint = parseCheckpoint(note)
        if (checkpoint === undefined) throw new Error(`${label} is not even a checkpoint`)
        row.add(await problemsOf(victim.dir, { ...NO_FILES, checkpoint }), label)
      }
    },
  ],
}

function exchange(one, other) {
  renameSync(one, `${one}.x`)
  renameSync(other, one)
  renameSync(`${one}.x`, other)
}

/** A name of its own, the name that is listed in the folder of another day, and one that is not a segment's. */
function copiesOf(path) {
  const name = basename(path)
  const number = name.replace(/\.\d{6}\.log/, '.000999.log')
  return [join(dirname(path), number), join('sealed/2026/12/31', name), join(dirname(path), 'copy.log.gz')]
}

function copy(dir, from, to) {
  mkdirSync(dirname(join(dir, to)), { recursive: true, mode: 0o700 })
  copyFileSync(join(dir, from), join(dir, to))
}

/** What opens without an error: with the auditor's identity, where the right one does. */
async function validOther({ recipient }, path) {
  const record = { level: 30, time: '2026-04-12T00:00:00.000Z', msg: 'x'.repeat(random(300)) }
  const packed = gzipSync(`${JSON.stringify(record)}\n`)
  if (!path.endsWith('.age')) return packed
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt(packed)
}

function replace(path, content) {
  chmodSync(path, 0o600)
  writeFileSync(path, content)
}

function shorten(path, size) {
  replace(path, readFileSync(path).subarray(0, size))
}

function hideBehindLink(dir, path) {
  renameSync(join(dir, path), join(dir, '..', 'elsewhere.gz'))
  symlinkSync(join(dir, '..', 'elsewhere.gz'), join(dir, path))
}

/** What an attacker would leave: the forged ledger, and the key that its last seal names. */
async function withKey(victim, key, lines, options = NO_FILES) {
  const path = victim.path('keys/current')
  const content = readFileSync(path)
  attacker.putCurrentKey(victim.dir, key)
  const problems = await victim.withLedger(lines, { ...NO_FILES, ...options })
  writeFileSync(path, content)
  return problems
}

async function cutAndContinued(victim, row, groups) {
  const fact = { kind: 'heartbeat', open: 0 }
  for (const seal of attacker.sealsIn(victim.lines).slice(0, -1)) {
    const keys = freshKeys(attacker.currentKey(victim.dir))
    let forged = victim.lines.slice(0, seal + 1)
    for (let group = 0; group < groups; group++) forged = attacker.continued(forged, [fact], keys)
    row.add(await withKey(victim, keys.last(), forged), `behind entry ${seal}`, `entry ${seal + 2}`)
  }
}

/** Signs everything with one key, which each seal names. */
function sameKey(key) {
  return { signerOf: () => key, nextOf: () => key.publicKey, last: () => key }
}

/** Signs with one key first, then with new ones, each named by the seal before. */
function freshKeys(first) {
  let [signer, next] = [undefined, first]
  return {
    first,
    signerOf() {
      signer = next
      next = attacker.newKey()
      return signer
    },
    nextOf: () => next.publicKey,
    last: () => next,
  }
}

function changedAt(lines, n) {
  const entry = JSON.parse(lines[n])
  const changed =
    entry.kind === 'segment'
      ? { ...entry, plainSha256: '0'.repeat(64) }
      : { ...entry, at: '2026-04-12T00:00:00.000Z' }
  return lines.with(n, JSON.stringify(changed))
}

async function wrongCheckpoints({ note, lines }) {
  const [origin, size, root, at, , signature] = note.split('\n')
  const written = (...text) => `${[...text, '', signature].join('\n')}\n`
  const bytes = Buffer.from(signature.split(' ')[2], 'base64')
  const resigned = (at) => {
    const changed = Buffer.from(bytes)
    changed[at] ^= 1
    return note.replace(
      signature,
      `${signature.slice(0, signature.lastIndexOf(' '))} ${changed.toString('base64')}`,
    )
  }
  const other = await sealedDirectory(2, { prunedSegments: 0 })
  const otherNote = (await verify({ dir: other.dir })).ledger.proven.checkpoint
  const otherRoot = Buffer.alloc(32, 7).toString('base64')
  return [
    ['of another ledger', otherNote],
    ['with another time', written(origin, size, root, '2026-04-12T00:00:00.000Z')],
    ['with another root', written(origin, size, otherRoot, at)],
    ['of more entries', written(origin, String(Number(size) + 1), root, at)],
    ['of fewer entries', written(origin, String(Number(size) - 1), root, at)],
    ['of fewer entries, at a seal', written(origin, String(attacker.sealsIn(lines)[3] + 1), root, at)],
    ['with another key id', resigned(0)],
    ['with another signature', resigned(10)],
    ['with another last byte', resigned(67)],
  ]
}

/** How wide the first column is. */
export const WIDTH = Math.max(...Object.keys(ROWS).map((name) => name.length))

/** @returns the rows of the table; each is told when it is done, with the seconds that it took */
export async function tamper(victim, wanted, onRow) {
  const rows = []
  for (const [name, [expected, work]] of Object.entries(ROWS)) {
    if (!wanted(name)) continue
    const row = new Row(name, expected)
    const start = performance.now()
    await work(victim, row)
    const { problems } = await verify({ dir: victim.dir })
    if (problems.length > 0) throw new Error(`${name}: not put right again: ${JSON.stringify(problems)}`)
    rows.push(row)
    onRow(row, (performance.now() - start) / 1000)
  }
  return rows
}
