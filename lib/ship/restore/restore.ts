/**
 * What was shipped comes back: the ledger as far as its parts can be proven, the segments that it lists, and beside
 * them, told apart, those that no part of it lists.
 */
import { HushlogError } from '../../errors.ts'
import type { Finding } from '../../keep/finding.ts'
import { type Checkpoint, parseCheckpoint, verifierKey } from '../../keep/note.ts'
import { isSealedPlace } from '../../keep/sealed-place.ts'
import { type Verification, verify } from '../../keep/verify.ts'
import { anchorFindings } from '../../keep/verify-anchor.ts'
import { isAskedFor } from '../../keep/verify-files.ts'
import { concurrently } from '../concurrently.ts'
import { ShipFailure } from '../failure.ts'
import { hostOf, segmentKey, serviceName } from '../keys.ts'
import { type ListedSegments, noteEntry } from './listed-segments.ts'
import type { RestoreOptions } from './restore-options.ts'
import { RestoredDirectory } from './restored-directory.ts'
import { type Chain, shippedChain } from './shipped-chain.ts'
import { isOfObject, readCheckpoint } from './shipped-ledgers.ts'
import { unlistedSegments } from './unlisted.ts'

export interface Restored {
  problems: Finding[]
  notes: Finding[]
  ledger: Verification['ledger']
  segments: {
    /** Listed, and of the period and the service that were asked for. */
    listed: number
    fetched: number
    /** Were here from a former restore. */
    kept: number
    bytes: number
    /** Removed for their age, and not in the target any more. */
    gone: number
    /** In the target, and listed nowhere: in unproven/. */
    unproven: number
  }
  /** Of the newest entry that is proven, ISO 8601. */
  until: string | undefined
}

const AT_A_TIME = 4
const MAX_CHECKPOINTS = 100

/**
 * @throws ShipFailure of scope `target`, HushlogError `HUSHLOG_DIRECTORY` when nothing can be put there; run again, it
 * goes on with what is there
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { target, shipped, dir } = options
  const restored = await RestoredDirectory.open(dir, shipped.ledger, target.place)
  const scratch = await restored.scratch()
  try {
    options.onTotal?.(shipped.bytes)
    const chain = await shippedChain({ ...options, file: scratch.file })
    const anchor = await newestCheckpoint(options, chain)
    await checkFormer(restored, chain)
    await writeLedger(restored, chain, anchor.checkpoint)
    const listed = await listedIn(chain, target.place)
    const fetched = await fetchSegments(options, restored, listed)
    const unproven = await fetchUnlisted(options, restored, listed)
    const found = await verified(options, anchor.checkpoint)
    const problems = [...chain.problems, ...anchor.problems, ...fetched.problems, ...unproven]
    return {
      problems: [...problems, ...notTold(found.problems, fetched.problems)],
      notes: found.notes,
      ledger: found.ledger,
      segments: { ...fetched.segments, unproven: unproven.length },
      until: found.ledger.proven?.at,
    }
  } finally {
    await scratch.remove()
    await restored.close()
  }
}

/** The newest one in the target that fits, and those that should and do not. */
async function newestCheckpoint({ target, shipped }: RestoreOptions, chain: Chain) {
  const problems: Finding[] = []
  let checkpoint: (Checkpoint & { note: string }) | undefined
  for (const object of shipped.checkpoints.slice(0, MAX_CHECKPOINTS)) {
    checkpoint = await readCheckpoint(target, object)
    const where = object.key
    if (checkpoint === undefined) {
      problems.push({ kind: 'modified', where, what: 'is no checkpoint of what its name says' })
      continue
    }
    const wrong = anchorFindings(chain.check, [], checkpoint, chain.sealAt(object.to)).problems
    if (wrong.length === 0) break
    problems.push(...wrong.map(({ kind, what }) => ({ kind, where, what })))
    checkpoint = undefined
  }
  return { problems, checkpoint }
}

/** What was proven before must not be lost because somebody has taken it out of the target meanwhile. */
async function checkFormer(restored: RestoredDirectory, { check }: Chain): Promise<void> {
  const former = parseCheckpoint(await restored.text('checkpoint'))
  if (former === undefined || former.size <= check.entries) return
  const what = `holds ${former.size} entries of a former restore, of which the target has ${check.entries} now`
  throw new HushlogError('HUSHLOG_DIRECTORY', `${restored.path} ${what}`, {
    hint: 'keep it, and restore into a new directory',
  })
}

async function writeLedger(
  restored: RestoredDirectory,
  chain: Chain,
  checkpoint: { note: string } | undefined,
): Promise<void> {
  await restored.write('ledger/ledger.jsonl', chain.bytes(), 0o600)
  const { firstKey } = chain.check
  if (firstKey !== undefined)
    await restored.write('keys/first.pub', [Buffer.from(`${verifierKey(firstKey)}\n`)], 0o600)
  if (checkpoint !== undefined) await restored.write('checkpoint', [Buffer.from(checkpoint.note)], 0o600)
}

async function listedIn(chain: Chain, place: string): Promise<ListedSegments> {
  const listed: ListedSegments = { segments: new Map(), pruned: new Set(), shipped: new Map() }
  for await (const entry of chain.entries()) noteEntry(listed, entry, place)
  return listed
}

async function fetchSegments(options: RestoreOptions, restored: RestoredDirectory, listed: ListedSegments) {
  const wanted = [...listed.segments.values()].filter((fact) => isAskedFor(fact, options))
  const segments = { listed: wanted.length, fetched: 0, kept: 0, bytes: 0, gone: 0 }
  const problems: Finding[] = []
  // Twice: they are fetched, and then looked at once more.
  options.onTotal?.(wanted.reduce((sum, { sealedBytes }) => sum + sealedBytes, 0))
  await concurrently(wanted, AT_A_TIME, async (fact) => {
    const { path: where, sha256, sealedBytes, name } = fact
    if (!isSealedPlace(where)) problems.push({ kind: 'modified', where, what: 'leads out of sealed/' })
    else if (await restored.has(where, sha256)) {
      segments.kept++
      options.onProgress?.(sealedBytes)
    } else {
      const failure = await fetchOne(options, restored, where, [listed.shipped.get(name), segmentKey(fact)], {
        sha256,
        bytes: sealedBytes,
      })
      if (failure === undefined) {
        segments.fetched++
        segments.bytes += sealedBytes
      } else if (listed.pruned.has(name)) segments.gone++
      else problems.push({ kind: 'missing', where, what: missingWords(listed, name, failure) })
    }
  })
  return { segments, problems: problems.sort((a, b) => (a.where < b.where ? -1 : 1)) }
}

function missingWords({ shipped }: ListedSegments, name: string, failure: string): string {
  const told = shipped.has(name)
    ? 'although the ledger says that it was shipped'
    : 'and no entry says that it was shipped'
  return `cannot be had back from the target, ${told}: ${failure}`
}

/** @returns why it could not be had back under any of the keys */
async function fetchOne(
  { target, onProgress }: RestoreOptions,
  restored: RestoredDirectory,
  path: string,
  keys: (string | undefined)[],
  { sha256, bytes }: { sha256: string; bytes: number },
): Promise<string | undefined> {
  let failure: string | undefined
  for (const key of new Set(keys)) {
    if (key === undefined) continue
    try {
      const content = await target.get(key, sha256)
      await restored.write(path, counted(bounded(content, key, bytes), onProgress))
      return undefined
    } catch (error) {
      if (!isOfObject(error)) throw error
      failure = (error as Error).message
    }
  }
  return failure
}

/** What somebody has put in its place may be as long as he likes; the disk here is not. */
async function* bounded(content: AsyncIterable<Buffer>, key: string, most: number): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of content) {
    bytes += chunk.length
    if (bytes > most)
      throw new ShipFailure(`${key} is longer than the ${most} bytes that it should have`, {
        scope: 'object',
      })
    yield chunk
  }
}

async function* counted(content: AsyncIterable<Buffer>, onProgress?: (bytes: number) => void) {
  for await (const chunk of content) {
    yield chunk
    onProgress?.(chunk.length)
  }
}

async function fetchUnlisted(
  options: RestoreOptions,
  restored: RestoredDirectory,
  listed: ListedSegments,
): Promise<Finding[]> {
  const problems: Finding[] = []
  const facts = [...listed.segments.values()].filter((fact) => isAskedFor(fact, { service: options.service }))
  const hosts = new Set(facts.map(({ writer }) => hostOf(writer)))
  // A host's name that is not written as it is in keys would be another one.
  if (!options.shipped.host.includes('%')) hosts.add(options.shipped.host)
  const services = new Set([options.service, ...facts.map(({ service }) => service)].map(serviceName))
  const unlisted = await unlistedSegments(options, {
    listed,
    hosts,
    services,
    scratch: () => restored.scratch(),
  })
  options.onTotal?.(unlisted.reduce((sum, { bytes }) => sum + bytes, 0))
  for (const { key, sha256, name, isEncrypted, bytes } of unlisted) {
    const path = `unproven/${name}.${sha256.slice(0, 16)}.log.gz${isEncrypted ? '.age' : ''}`
    const isHere = await restored.has(path, sha256)
    const failure = isHere ? undefined : await fetchOne(options, restored, path, [key], { sha256, bytes })
    const what = 'is not proven: it lies in the target, and no part of the ledger lists it'
    if (failure === undefined) problems.push({ kind: 'inserted', where: path, what })
    else problems.push({ kind: 'modified', where: key, what: `is not what its name says, and ${what}` })
  }
  return problems
}

function verified(options: RestoreOptions, checkpoint: Checkpoint | undefined): Promise<Verification> {
  const { dir, key, since, until, service, keepDays, onTotal, onProgress } = options
  const asked = Object.entries({ checkpoint, since, until, service, keepDays, onTotal, onProgress })
  const given = Object.fromEntries(asked.filter(([, value]) => value !== undefined))
  return verify({ dir, keys: key === undefined ? [] : [key], ...given })
}

/** What fetching has told already, verifying tells again. */
function notTold(problems: Finding[], told: Finding[]): Finding[] {
  const places = new Set(told.map(({ where }) => where))
  return problems.filter(({ where }) => !places.has(where))
}
