import { randomUUID } from 'node:crypto'
import { lstat, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import type { Torn } from '../store/recovery.ts'
import type { RotationReason } from '../store/rotation.ts'
import { parseSegmentName, type SegmentIdentity, writerText } from '../store/segment.ts'
import type { Fact, TornFact } from './facts.ts'
import { findSegment, type Ledger } from './ledger.ts'
import { listsTorn } from './listed.ts'
import { type Content, pack } from './pack.ts'
import { Plaintext } from './plaintext.ts'
import { sameRecipients } from './recipients.ts'
import { sealFailure } from './seal-failure.ts'
import { moveToDay } from './sealed-place.ts'
import { keepTornTail } from './torn-tail.ts'

export interface SealOptions {
  /** To whom it is encrypted, as `checkRecipients` returns them. Default: to nobody. */
  recipients?: readonly string[]
  /** Whose the plaintext may be, by number. Default: anybody's. */
  owners?: readonly number[]
  /** Called before each step, which it can keep from being done by throwing. */
  onStep?(step: SealStep): void | Promise<void>
}

/** In the order in which they are done. */
export const SEAL_STEPS = [
  'sync the plaintext',
  'keep the torn tail',
  'write',
  'sync',
  'move',
  'list',
  'remove the plaintext',
] as const
export type SealStep = (typeof SEAL_STEPS)[number]

export interface Sealed {
  /**
   * `listed` by this call; `kept` when it was listed before or holds no whole line; `gone` when it is neither in open/
   * nor in the ledger: somebody has removed it.
   */
  outcome: 'listed' | 'kept' | 'gone'
  /** Where a listed one lies, relative to the log directory. */
  path?: string | undefined
  /** Half a line that now lies in torn/. */
  torn?: Torn | undefined
}

/**
 * Compresses an ended segment, encrypts it, moves it to its day in sealed/, lists it in the ledger and removes the
 * plaintext, in this order. Broken off anywhere and begun again, it ends the same: listed once, plaintext gone.
 * @throws HushlogError `HUSHLOG_SEAL` or `HUSHLOG_LEDGER`; the plaintext is then still there
 */
export async function seal(
  ledger: Ledger,
  path: string,
  reason: RotationReason,
  options: SealOptions = {},
): Promise<Sealed> {
  const identity = parseSegmentName(basename(path))
  if (identity === undefined) throw sealFailure(path, 'this is not the name of a segment')
  if (!(await isThere(path))) return notThere(ledger.dir, identity.name)
  try {
    const plaintext = await Plaintext.open(path, options.owners)
    try {
      return await new Sealing(ledger, identity, reason, plaintext, options).run()
    } finally {
      await plaintext.close()
    }
  } catch (error) {
    // Another keeper has taken it over, or has sealed it, since we looked.
    if (errorCode(error) === 'ENOENT' && !(await isThere(path))) return notThere(ledger.dir, identity.name)
    throw error instanceof HushlogError ? error : sealFailure(path, errorCode(error), error)
  }
}

async function notThere(dir: string, name: string): Promise<Sealed> {
  return { outcome: (await isElsewhere(dir, name)) ? 'kept' : 'gone' }
}

/** @throws HushlogError when nobody can tell, as where we may not look */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw sealFailure(path, errorCode(error), error)
  }
}

/** Another keeper has sealed the segment, or has taken it over and will. */
async function isElsewhere(dir: string, name: string): Promise<boolean> {
  const files = await readdir(join(dir, 'open')).catch((error) => {
    if (errorCode(error) === 'ENOENT') return []
    throw sealFailure(join(dir, 'open'), errorCode(error), error)
  })
  return (
    files.some((file) => parseSegmentName(file)?.name === name) ||
    (await findSegment(dir, name)) !== undefined
  )
}

class Sealing {
  readonly #ledger: Ledger
  readonly #identity: SegmentIdentity
  readonly #reason: RotationReason
  readonly #plaintext: Plaintext
  readonly #recipients: readonly string[]
  readonly #step: NonNullable<SealOptions['onStep']>

  constructor(
    ledger: Ledger,
    identity: SegmentIdentity,
    reason: RotationReason,
    plaintext: Plaintext,
    { recipients = [], onStep = () => {} }: SealOptions,
  ) {
    this.#ledger = ledger
    this.#identity = identity
    this.#reason = reason
    this.#plaintext = plaintext
    this.#recipients = recipients
    this.#step = onStep
  }

  async run(): Promise<Sealed> {
    await this.#step('sync the plaintext')
    await this.#plaintext.handle.datasync()
    await this.#step('keep the torn tail')
    const torn = await keepTornTail(this.#ledger, this.#identity.name, this.#plaintext)
    const path = this.#plaintext.end > 0 ? await this.#packAndList(torn) : await this.#listTorn(torn)
    await this.#step('remove the plaintext')
    await this.#plaintext.remove()
    return { outcome: path === undefined ? 'kept' : 'listed', path, torn: torn && withoutKind(torn) }
  }

  async #packAndList(torn: TornFact | undefined): Promise<string | undefined> {
    const temporary = join(this.#ledger.dir, 'sealed', `${this.#identity.name}.${randomUUID()}.tmp`)
    try {
      await this.#step('write')
      const content = await pack(this.#plaintext, temporary, this.#recipients, () => this.#step('sync'))
      return await this.#list(content, temporary, torn)
    } finally {
      await rm(temporary, { force: true })
    }
  }

  /** A segment without a whole line is not listed; half a line that it may hold is. */
  async #listTorn(torn: TornFact | undefined): Promise<undefined> {
    await this.#plaintext.checkSize()
    const { dir } = this.#ledger
    if (torn !== undefined)
      await this.#ledger.update(async () => ((await listsTorn(dir, torn)) ? [] : [torn]))
    return undefined
  }

  /** @returns where it lies, or undefined when it was listed before */
  async #list(content: Content, temporary: string, torn: TornFact | undefined): Promise<string | undefined> {
    const { dir } = this.#ledger
    const { name, writer } = this.#identity
    let path: string | undefined
    // All of it under the lock: two keepers may hold the same segment, and the file must be the one that is listed.
    await this.#ledger.update(async ({ recipients }) => {
      if (await this.#isListed(content)) return []
      await this.#step('move')
      const isEncrypted = this.#recipients.length > 0
      path = await moveToDay(dir, temporary, { name, last: content.last, isEncrypted })
      await this.#step('list')
      const segment = { kind: 'segment', name, path, ...content, writer: writerText(writer) } as const
      return [
        ...this.#newRecipients(recipients),
        ...(torn === undefined ? [] : [torn]),
        { ...segment, reason: this.#reason },
      ]
    })
    return path
  }

  async #isListed({ plainSha256 }: Content): Promise<boolean> {
    const listed = await this.#ledger.segment(this.#identity.name)
    if (listed !== undefined && listed.plainSha256 !== plainSha256)
      throw sealFailure(this.#plaintext.path, 'it was changed after it was sealed')
    return listed !== undefined
  }

  #newRecipients(before: readonly string[] = []): Fact[] {
    const to = [...this.#recipients]
    return sameRecipients(before, to) ? [] : [{ kind: 'recipients', to }]
  }
}

function withoutKind({ kind, ...torn }: TornFact): Torn {
  return torn
}
