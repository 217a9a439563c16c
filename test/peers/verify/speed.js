/** How fast hushlog verify is: beside sha256sum over the same files, and on a large ledger. */
import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { BEGINNING, hashOfUnsigned, nextLine, withSignature } from '../../../build/keep/chain.js'
import { Ledger, ledgerPath } from '../../../build/keep/ledger.js'
import { checkpointText, originOf, verifierKey } from '../../../build/keep/note.js'
import { prepareDirectory } from '../../../build/store/directory.js'
import { folder } from './directory.js'

const SEGMENTS = 64
const SEGMENT_BYTES = 8 * 1024 * 1024
const LISTED = 100_000
const ENTRIES = 200_000
const GROUP = 32
const MB = 1024 * 1024
const NEVER = Date.UTC(2100, 0)

const verifyModule = new URL('../../../build/keep/verify.js', import.meta.url).href
const checkModule = new URL('../../../build/keep/ledger-check.js', import.meta.url).href

/** @returns what is too slow */
export async function speed() {
  return [...(await besideSha256sum()), ...largeLedger()]
}

async function besideSha256sum() {
  const dir = prepareDirectory(join(folder(), 'logs'), { explicit: true })
  const facts = Array.from({ length: SEGMENTS }, (_, i) => segmentFile(dir, i))
  await new Ledger(dir).append(...facts)
  const files = facts.map(({ path }) => join(dir, path))
  // In turns, so that what else the machine does meets both.
  const rounds = Array.from({ length: 5 }, () => ({ sum: sha256sum(files), ours: verified(dir) }))
  const [sum, ours] = ['sum', 'ours'].map((name) => median(rounds.map((round) => round[name].ms)))
  const ratio = sum / ours
  const rate = (ms) => ((SEGMENTS * SEGMENT_BYTES) / MB / (ms / 1000)).toFixed(0)
  console.log(
    `  ${SEGMENTS} segments of 8 MB: sha256sum ${rate(sum)} MB/s, verify ${rate(ours)} MB/s, ratio ${ratio.toFixed(2)}, ` +
      `RSS ${rounds[0].ours.rss} MB`,
  )
  rmSync(dir, { recursive: true })
  const problems = rounds.flatMap((round) => round.ours.problems)
  return ratio >= 0.5 ? problems : [...problems, `verify has ${ratio.toFixed(2)} of the speed of sha256sum`]
}

function segmentFile(dir, i) {
  const bytes = randomBytes(SEGMENT_BYTES)
  const fact = segmentFact(i, createHash('sha256').update(bytes).digest('hex'), SEGMENT_BYTES)
  mkdirSync(dirname(join(dir, fact.path)), { recursive: true, mode: 0o700 })
  writeFileSync(join(dir, fact.path), bytes, { mode: 0o400 })
  return fact
}

function segmentFact(i, sha256, sealedBytes) {
  const writer = 'example.0a1b2c3d4e5f.4026531836.101.0.4711'
  const name = `${writer}.20260412000000000.${String(i + 1).padStart(6, '0')}`
  const time = new Date(Date.UTC(2026, 3, 12) + i).toISOString()
  return {
    kind: 'segment',
    name,
    path: `sealed/2026/04/12/${name}.log.gz`,
    sha256,
    plainSha256: sha256,
    bytes: 8 * sealedBytes,
    sealedBytes,
    lines: 10,
    number: i + 1,
    seq: i * 10 + 1,
    first: time,
    last: time,
    writer,
    reason: 'size',
  }
}

function sha256sum(files) {
  const start = performance.now()
  const { status } = spawnSync('sha256sum', files, { stdio: 'ignore' })
  if (status !== 0) throw new Error('sha256sum failed')
  return { ms: performance.now() - start }
}

/** In a process of its own, for the memory; its start is not counted, as sha256sum has none to speak of. */
function verified(dir, options = {}) {
  return measured(verifyModule, `(await module.verify(${JSON.stringify({ dir, ...options })})).problems`)
}

function measured(module, expression) {
  const code = `
    const module = await import(${JSON.stringify(module)})
    const start = performance.now()
    const problems = ${expression}
    const ms = performance.now() - start
    const rss = Math.round(process.resourceUsage().maxRSS / 1024)
    console.log(JSON.stringify({ ms, rss, problems }))`
  const args = ['--input-type=module', '-e', code]
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 64 * MB })
  if (stdout === '') throw new Error(stderr)
  const { problems, ...numbers } = JSON.parse(stdout)
  return { ...numbers, problems: problems.slice(0, 3).map((problem) => JSON.stringify(problem)) }
}

/** The sealed files of the large ledger do not exist: its chain alone is measured, then all but the files. */
function largeLedger() {
  const dir = prepareDirectory(join(folder(), 'logs'), { explicit: true })
  const bytes = buildLedger(dir)
  const chain = measured(
    checkModule,
    `[(await module.verifyLedger(${JSON.stringify(dir)})).problem].filter(Boolean)`,
  )
  const all = verified(dir, { since: NEVER })
  const seconds = ({ ms }) => (ms / 1000).toFixed(1)
  console.log(
    `  a ledger of ${LISTED} segments and ${ENTRIES} entries in groups of ${GROUP}, ${Math.round(bytes / MB)} MB: ` +
      `${seconds(chain)} s and RSS ${chain.rss} MB for the chain, ${seconds(all)} s and RSS ${all.rss} MB for all but the files`,
  )
  const problems = [...chain.problems, ...all.problems]
  return Math.max(chain.ms, all.ms) < 10_000 ? problems : [...problems, 'it took 10 s and more']
}

function buildLedger(dir) {
  const at = new Date(Date.UTC(2026, 3, 12)).toISOString()
  let key = newKey()
  const origin = originOf(key.publicKey)
  const fd = openSync(ledgerPath(dir), 'wx', 0o600)
  mkdirSync(join(dir, 'keys'), { mode: 0o700 })
  writeFileSync(join(dir, 'keys', 'first.pub'), `${verifierKey(key.publicKey)}\n`, { mode: 0o600 })
  let tip = BEGINNING
  let segments = 0
  let bytes = 0
  const facts = []
  for (let n = 0; n < ENTRIES; n++) {
    if (n === 0) facts.push({ kind: 'genesis', key: key.publicKey })
    else if (n % GROUP !== GROUP - 1 && n !== ENTRIES - 1)
      facts.push(segments < LISTED && n % 2 === 1 ? nextSegment() : filler(n))
    else {
      const next = newKey()
      const lines = groupOf(facts.splice(0), key, next)
      bytes += writeSync(fd, lines.map(({ line }) => `${line}\n`).join(''))
      key = next
    }
  }
  closeSync(fd)
  if (segments !== LISTED) throw new Error(`it lists ${segments} segments`)
  writeFileSync(join(dir, 'keys', 'current'), key.privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  })
  return bytes

  function nextSegment() {
    return segmentFact(segments++, createHash('sha256').update(String(segments)).digest('hex'), SEGMENT_BYTES)
  }

  // Every number is a segment's or a heartbeat's; as many segments as there have to be.
  function filler(n) {
    const isDue = LISTED - segments >= (ENTRIES - n) * (LISTED / ENTRIES)
    return isDue && segments < LISTED ? nextSegment() : { kind: 'heartbeat', open: 3 }
  }

  function groupOf(group, signer, next) {
    const lines = group.map((fact) => (tip = nextLine(tip, at, fact)))
    const unsigned = nextLine(tip, at, { kind: 'seal', next: next.publicKey })
    const text = checkpointText(origin, unsigned.n + 1, hashOfUnsigned(unsigned.line), at)
    const sig = sign(undefined, Buffer.from(text), signer.privateKey).toString('base64')
    tip = { n: unsigned.n, line: withSignature(unsigned.line, sig) }
    return [...lines, tip]
  }
}

function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { x } = publicKey.export({ format: 'jwk' })
  return { privateKey, publicKey: Buffer.from(x, 'base64url').toString('base64') }
}

function median(numbers) {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]
}
