/**
 * Whether a bucket really keeps what it is told to keep: an object is stored, attacked with the credentials that ship,
 * and looked at after each attack. For an administrator, once; a minute later nothing holds what it leaves.
 */
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { HushlogError } from '../../errors.ts'
import type { S3Config } from '../../ship-config.ts'
import type { ShipObject } from '../target.ts'
import type { LockMode } from './calls.ts'
import { openS3, type S3Api } from './client.ts'
import { lockMode, sendObject, wholeSecond } from './put.ts'
import { type Expected, hashOf, readBack } from './read-back.ts'

export interface ProbeFinding {
  /** What was tried, as a sentence that holds when `ok`. */
  what: string
  ok: boolean
  /** Why not, or what is to be done about it. */
  hint?: string
}

/** Milliseconds. */
const LOCKED_FOR = 60_000
const SHORTENED_TO = 20_000

/**
 * Ends early when nothing can be stored. An attack that is refused and one without effect are both well.
 * @throws HushlogError when no client can be made: the SDK or a region is missing
 */
export async function probeTarget(config: S3Config): Promise<ProbeFinding[]> {
  const api = await openS3(config)
  try {
    return await probe(api, config)
  } finally {
    api.close()
  }
}

interface Probed extends Expected {
  /** Of markers that hide the object. */
  markers: string[]
}

async function probe(api: S3Api, config: S3Config): Promise<ProbeFinding[]> {
  const mode = lockMode(config)
  const probed: Probed = { ...probeObject(config.prefix, mode), markers: [] }
  const stored = await finding(stores(mode), async () => {
    probed.version = await sendObject(api, config, probed.object, probed)
  })
  if (!stored.ok) return [stored]
  const shown = await finding('what is stored is shown as it was sent', () => readBack(api, probed))
  const read = await finding('what is stored can be read', () => readWhole(api, probed))
  const attacked: ProbeFinding[] = []
  for (const attack of mode === undefined ? [] : ATTACKS[mode])
    attacked.push(await resist(api, probed, attack))
  return [stored, shown, read, ...attacked, ...(await cleanUp(api, probed))]
}

function stores(mode: LockMode | undefined): string {
  return mode === undefined
    ? 'an object can be stored'
    : `an object can be stored, locked in mode ${mode.toLowerCase()}`
}

function probeObject(prefix: string, mode: LockMode | undefined): Expected {
  const content = Buffer.from(`hushlog probe ${new Date().toISOString()} ${randomBytes(8).toString('hex')}\n`)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const until = wholeSecond(Date.now() + LOCKED_FOR)
  const object: ShipObject = {
    key: `probe/${sha256}.txt`,
    sha256,
    md5: createHash('md5').update(content).digest('hex'),
    bytes: content.length,
    type: 'text/plain',
    lockUntil: until,
    open: () => Readable.from([content]),
  }
  const lock = mode === undefined ? undefined : { mode, until }
  return { object, fullKey: prefix + object.key, version: undefined, lock }
}

async function readWhole(api: S3Api, { object, fullKey, version }: Expected): Promise<void> {
  const { key, sha256 } = object
  if ((await hashOf(api, { fullKey, version, key })) !== sha256)
    throw new HushlogError('HUSHLOG_SHIP', `${api.place}: ${key} has another content than was sent`)
}

interface Attack {
  what: string
  /** What to do when it succeeds. */
  hint: string
  run(api: S3Api, probed: Probed): Promise<void>
}

const IGNORED = 'this server does not keep locks: take another'

const DELETE_VERSION: Attack = {
  what: 'its version cannot be deleted',
  hint: IGNORED,
  async run(api, { fullKey, version }) {
    await api.call('DeleteObject', { Key: fullKey, VersionId: version })
  },
}

const SHORTEN_LOCK: Attack = {
  what: 'its lock cannot be shortened',
  hint: IGNORED,
  async run(api, { fullKey, version, lock }) {
    const Retention = { Mode: lock!.mode, RetainUntilDate: new Date(Date.now() + SHORTENED_TO) }
    await api.call('PutObjectRetention', { Key: fullKey, VersionId: version, Retention })
  },
}

const DELETE_KEY: Attack = {
  what: 'its version is left when its key is deleted',
  hint: IGNORED,
  async run(api, { fullKey, markers }) {
    const { VersionId } = await api.call('DeleteObject', { Key: fullKey })
    if (VersionId !== undefined) markers.push(VersionId)
  },
}

const BYPASS_LOCK: Attack = {
  what: 'its lock cannot be passed by',
  hint: 'take s3:BypassGovernanceRetention from the credentials that ship',
  async run(api, { fullKey, version }) {
    await api.call('DeleteObject', { Key: fullKey, VersionId: version, BypassGovernanceRetention: true })
  },
}

/** By mode, in this order: each finds the object as the one before has left it. */
const ATTACKS: Record<LockMode, readonly Attack[]> = {
  COMPLIANCE: [DELETE_VERSION, SHORTEN_LOCK, DELETE_KEY],
  GOVERNANCE: [DELETE_VERSION, SHORTEN_LOCK, DELETE_KEY, BYPASS_LOCK],
}

/** What counts is how the object lies there afterwards, not what was answered. */
async function resist(api: S3Api, probed: Probed, { what, hint, run }: Attack): Promise<ProbeFinding> {
  if (Date.now() > probed.lock!.until) return { what, ok: false, hint: 'its lock had ended: probe again' }
  await run(api, probed).catch(() => {})
  const looked = await finding(what, () => readBack(api, probed))
  return looked.ok ? looked : { ...looked, hint: `${hint} (${looked.hint})` }
}

/** Takes away what can be taken away, and tells the rest. */
async function cleanUp(api: S3Api, probed: Probed): Promise<ProbeFinding[]> {
  const { fullKey, version, markers, lock } = probed
  const own = lock === undefined ? [version] : []
  for (const VersionId of [...markers, ...own])
    await api.call('DeleteObject', { Key: fullKey, VersionId }).catch(() => {})
  const isLeft = await readBack(api, probed).then(
    () => true,
    () => false,
  )
  if (!isLeft) return []
  const until = lock === undefined ? '' : `, which is locked until ${new Date(lock.until).toISOString()}`
  const hint = `delete it by hand: version ${version}${until}`
  return [{ what: `${fullKey} stays behind`, ok: true, hint }]
}

async function finding(what: string, tried: () => Promise<unknown>): Promise<ProbeFinding> {
  try {
    await tried()
    return { what, ok: true }
  } catch (error) {
    if (!(error instanceof HushlogError)) throw error
    const { message, hint } = error
    return { what, ok: false, hint: hint === undefined ? message : `${message}; ${hint}` }
  }
}
