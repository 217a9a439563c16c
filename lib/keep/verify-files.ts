import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errorCode } from '../errors.ts'
import { parseSegmentName } from '../store/segment.ts'
import type { SegmentFact } from './facts.ts'
import { cannotRead, type FileHash, fileHash } from './file-hash.ts'
import type { Finding, Listed, VerifyOptions } from './finding.ts'
import { RESTORED } from './restored.ts'
import { isSealedPlace } from './sealed-place.ts'

/*
 * Whether the files are those that the ledger lists, each where it says and no other beside them.
 */

interface FileFindings {
  problems: Finding[]
  notes: Finding[]
  read: { read: number; bytes: number }
}

type Names = { listed: Set<string>; pruned: Set<string> }

const ROOT = ['open', 'sealed', 'ledger', 'keys', 'torn', 'inbox', '.gitignore', 'keeper.json']
const RESTORED_ROOT = [RESTORED, 'checkpoint', 'unproven', '.restore']
/** The ledger, its lock, and who ships. */
const LEDGER = /^(ledger\.jsonl|lock.*|shipping-[0-9a-f]{16}\.json(\.tmp)?)$/
const TEMPORARY = /^sealed\/[A-Za-z0-9_.-]+\.[0-9a-f]{8}-[0-9a-f-]{27}\.tmp$/

/**
 * @param isRestored torn tails were not shipped then, and what was removed for its age may have come back
 * @param namesNow what the ledger lists by now: a keeper may be at work
 */
export async function fileFindings(
  options: VerifyOptions,
  listed: Listed,
  isRestored: boolean,
  namesNow: () => Promise<Names>,
): Promise<FileFindings> {
  const findings: FileFindings = { problems: [], notes: [], read: { read: 0, bytes: 0 } }
  const { dir } = options
  const unlisted = await unlistedFiles(dir, listed, isRestored, findings)
  const bySum = new Map([...listed.segments.values()].map(({ sha256, name }) => [sha256, name]))
  const wanted = wantedOf(options, listed, isRestored)
  await readListed(options, wanted, bySum, findings, namesNow)
  await nameUnlisted(dir, unlisted, listed, bySum, findings, namesNow)
  await checkTorn(dir, listed, isRestored, findings)
  await checkRoot(dir, isRestored ? [...ROOT, ...RESTORED_ROOT] : ROOT, findings)
  return findings
}

/** Of the period and the service that are asked for. */
export function isAskedFor(
  fact: SegmentFact,
  {
    since = Number.NEGATIVE_INFINITY,
    until = Number.POSITIVE_INFINITY,
    service = fact.service,
  }: Pick<VerifyOptions, 'since' | 'until' | 'service'>,
): boolean {
  // A time that cannot be read leaves nothing out.
  const isOfPeriod = !(Date.parse(fact.last) < since) && !(Date.parse(fact.first) > until)
  return isOfPeriod && fact.service === service
}

function wantedOf(options: VerifyOptions, { segments, pruned }: Listed, isRestored: boolean): SegmentFact[] {
  const isThere = ({ name }: SegmentFact) => isRestored || !pruned.has(name)
  return [...segments.values()].filter((fact) => isThere(fact) && isAskedFor(fact, options))
}

async function readListed(
  { dir, onTotal, onProgress }: VerifyOptions,
  wanted: SegmentFact[],
  bySum: Map<string, string>,
  findings: FileFindings,
  namesNow: () => Promise<Names>,
): Promise<void> {
  onTotal?.(wanted.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0))
  const gone: SegmentFact[] = []
  for (const fact of wanted) {
    const found = isSealedPlace(fact.path)
      ? await fileHash(join(dir, fact.path), onProgress)
      : { odd: 'leads out of sealed/' }
    findings.read.read++
    findings.read.bytes += found.bytes ?? 0
    if (found.gone) gone.push(fact)
    else if (found.sha256 !== fact.sha256) findings.problems.push(difference(fact, found, bySum))
  }
  if (gone.length === 0) return
  const now = await namesNow()
  for (const { name, path } of gone)
    if (!now.pruned.has(name))
      findings.problems.push({
        kind: 'missing',
        where: path,
        what: 'is not there, and was not removed for its age',
      })
}

function difference(fact: SegmentFact, found: FileHash, bySum: Map<string, string>): Finding {
  const where = fact.path
  if (found.odd !== undefined) return { kind: 'modified', where, what: found.odd }
  const other = bySum.get(found.sha256 as string)
  if (other !== undefined) return { kind: 'reordered', where, what: `holds what was sealed as ${other}` }
  const bytes = found.bytes as number
  if (bytes < fact.sealedBytes)
    return { kind: 'truncated', where, what: `has ${bytes} bytes of ${fact.sealedBytes}` }
  return { kind: 'modified', where, what: 'is not what was sealed' }
}

/** Files in sealed/ that are not where the ledger lists one. */
async function unlistedFiles(
  dir: string,
  { segments, pruned }: Listed,
  isRestored: boolean,
  findings: FileFindings,
): Promise<string[]> {
  const places = new Map([...segments.values()].map(({ path, name }) => [path, name]))
  const unlisted: string[] = []
  for await (const { path, entry } of filesBelow(dir, 'sealed')) {
    if (entry.isSymbolicLink())
      findings.problems.push({ kind: 'inserted', where: path, what: 'is a symbolic link' })
    // What a crash left of a segment that was being sealed.
    else if (TEMPORARY.test(path) && entry.isFile()) continue
    else if (!places.has(path)) unlisted.push(path)
    else if (pruned.has(places.get(path) as string) && !isRestored)
      findings.notes.push({
        kind: 'unfinished',
        where: path,
        what: 'is to be removed for its age, and still there',
      })
  }
  return unlisted
}

async function nameUnlisted(
  dir: string,
  paths: string[],
  { segments }: Listed,
  bySum: Map<string, string>,
  findings: FileFindings,
  namesNow: () => Promise<Names>,
): Promise<void> {
  if (paths.length === 0) return
  // In this order: what is sealed between the two is listed before its plaintext goes.
  const waiting = new Set(await openNames(dir))
  const now = await namesNow()
  for (const where of paths) {
    const name = segmentNameOf(where)
    if (name !== undefined && now.listed.has(name) && !segments.has(name)) continue
    if (name !== undefined && waiting.has(name) && !segments.has(name)) {
      findings.notes.push({
        kind: 'unfinished',
        where,
        what: 'is not in the ledger yet; its plaintext is in open/',
      })
      continue
    }
    const found = await fileHash(join(dir, where))
    const copied = bySum.get(found.sha256 ?? '')
    const what = copied === undefined ? (found.odd ?? 'is not in the ledger') : `is a copy of ${copied}`
    // A name that is no text cannot be opened by what it reads like, and is there all the same.
    if (!found.gone || where.includes('\ufffd')) findings.problems.push({ kind: 'inserted', where, what })
  }
}

function segmentNameOf(path: string): string | undefined {
  const file = basename(path).replace(/\.gz(\.age)?$/, '')
  return parseSegmentName(file)?.name
}

async function openNames(dir: string): Promise<string[]> {
  const files = await readdir(join(dir, 'open')).catch(() => [])
  return files.flatMap((file) => parseSegmentName(file)?.name ?? [])
}

/** The tails in torn/ are the last copies of what was cut off. */
async function checkTorn(
  dir: string,
  { torn }: Listed,
  isRestored: boolean,
  findings: FileFindings,
): Promise<void> {
  const sums = new Map<string, Set<string>>()
  for (const { name, sha256 } of torn) {
    if (sha256 === undefined) continue
    const path = `torn/${name}.tail`
    sums.set(path, (sums.get(path) ?? new Set()).add(sha256))
  }
  for (const [where, known] of sums) {
    const found = await fileHash(join(dir, where))
    if (found.gone && isRestored)
      findings.notes.push({ kind: 'torn', where, what: 'is not here: a copy has none, and a host has it' })
    else if (found.gone) findings.problems.push({ kind: 'missing', where, what: 'is not there' })
    else if (!known.has(found.sha256 ?? ''))
      findings.problems.push({ kind: 'modified', where, what: found.odd ?? 'is not what was cut off' })
  }
  const old = new Set(torn.map(({ name }) => `torn/${name}.tail`))
  for await (const { path } of filesBelow(dir, 'torn'))
    if (!old.has(path)) findings.notes.push({ kind: 'unfinished', where: path, what: 'is not in the ledger' })
}

async function checkRoot(dir: string, ours: readonly string[], findings: FileFindings): Promise<void> {
  for (const entry of await entriesOf(dir, ''))
    if (!ours.includes(entry.name))
      findings.notes.push({ kind: 'foreign', where: entry.name, what: 'is not of hushlog' })
    else if (entry.isSymbolicLink())
      findings.problems.push({ kind: 'inserted', where: entry.name, what: 'is a symbolic link' })
  for (const entry of await entriesOf(dir, 'ledger'))
    if (!LEDGER.test(entry.name))
      findings.problems.push({ kind: 'inserted', where: `ledger/${entry.name}`, what: 'is not of hushlog' })
  const where = '.gitignore'
  const found = await fileHash(join(dir, where))
  if (found.gone || found.sha256 === IGNORE_SUM) return
  // A directory that was there before hushlog was may hold another one.
  if (found.odd === undefined && found.bytes !== IGNORE.length)
    findings.notes.push({ kind: 'foreign', where, what: 'is not the one that hushlog makes' })
  else findings.problems.push({ kind: 'modified', where, what: 'is not as it was made' })
}

const IGNORE = '*\n'
const IGNORE_SUM = createHash('sha256').update(IGNORE).digest('hex')

async function* filesBelow(dir: string, path: string): AsyncGenerator<{ path: string; entry: Dirent }> {
  for (const entry of await entriesOf(dir, path)) {
    const below = `${path}/${entry.name}`
    if (entry.isDirectory()) yield* filesBelow(dir, below)
    else yield { path: below, entry }
  }
}

async function entriesOf(dir: string, path: string): Promise<Dirent[]> {
  try {
    return await readdir(join(dir, path), { withFileTypes: true })
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return []
    throw cannotRead(join(dir, path), error)
  }
}
