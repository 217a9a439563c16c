import { errorCode, HushlogError } from '../errors.ts'
import { thisWriter } from '../store/segment.ts'
import { takeInbox } from './inbox.ts'
import { Keeper, type KeeperOptions } from './keeper.ts'
import { examineOpen, type Refused } from './open-folder.ts'
import { ANNOUNCE_EVERY, announce, type Presence, readPresence, withdraw } from './presence.ts'

/** A directory that `keptDirectory` has passed. */
export type KeeperProcessOptions = KeeperOptions & { owners: readonly number[] }

const LOOK_EVERY = 2_000
const MOST_TOLD = 1_000

/**
 * A keeper that is a process of its own: looks every two seconds for what has ended in open/, for what lies in inbox/
 * and for what dead writers left, and trusts nothing of it. Keeps the process alive until it is stopped.
 */
export class KeeperProcess {
  readonly #options: KeeperProcessOptions
  readonly #keeper: Keeper
  readonly #presence: Presence
  readonly #told = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(options: KeeperProcessOptions) {
    this.#options = options
    this.#keeper = new Keeper(options)
    const since = new Date().toISOString()
    this.#presence = { writer: thisWriter(), since, last: since, from: [...options.owners] }
  }

  /**
   * Resolves when what was there at the start has been dealt with.
   * @throws HushlogError `HUSHLOG_KEEPER` when another one is at work on the directory
   */
  async start(): Promise<void> {
    const { state, presence } = readPresence(this.#options.dir)
    if (state === 'running' && presence !== undefined) throw alreadyKept(this.#options.dir, presence)
    this.#announce()
    await this.once()
    this.#later()
  }

  /** Does all that is to be done now. */
  async once(): Promise<void> {
    await this.#keeper.start()
    await this.#look()
  }

  /** Finishes what it is doing, and takes its announcement back. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await this.#looking
    await this.#keeper.close()
    withdraw(this.#options.dir)
  }

  stats(): { sealed: number; pruned: number } {
    return this.#keeper.stats()
  }

  #later(): void {
    if (this.#isStopped) return
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().then(() => this.#later())
    }, LOOK_EVERY)
  }

  async #look(): Promise<void> {
    await this.#guarded(() => this.#announceAgain())
    await this.#guarded(() => this.#takeInbox())
    await this.#guarded(() => this.#sealEnded())
    this.#keeper.adopt()
    await this.#keeper.idle()
  }

  #sealEnded(): void {
    const { dir, owners } = this.#options
    const { ended, refused } = examineOpen(dir, owners)
    for (const { path, reason } of ended) this.#keeper.seal(path, reason)
    for (const one of refused) this.#tellOnce(foreign(one))
  }

  async #takeInbox(): Promise<void> {
    const { refused } = await takeInbox(this.#keeper.ledger)
    for (const { file, reason } of refused)
      this.#tell(new HushlogError('HUSHLOG_INBOX', `the request ${shown(file)} is refused: ${reason}`))
  }

  #announceAgain(): void {
    const isDue = Date.now() - Date.parse(this.#presence.last) >= ANNOUNCE_EVERY
    if (isDue && !this.#isStopped && this.#timer !== undefined) this.#announce()
  }

  #announce(): void {
    this.#presence.last = new Date().toISOString()
    announce(this.#options.dir, this.#presence)
  }

  async #guarded(work: () => void | Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      const text = `keeper of ${this.#options.dir}: ${errorCode(error)}`
      this.#tell(
        error instanceof HushlogError ? error : new HushlogError('HUSHLOG_KEEPER', text, { cause: error }),
      )
    }
  }

  #tellOnce(error: HushlogError): void {
    if (this.#told.has(error.message) || this.#told.size >= MOST_TOLD) return
    this.#told.add(error.message)
    this.#tell(error)
  }

  #tell(error: HushlogError): void {
    try {
      this.#options.onError(error)
    } catch {
      // The keeper's work goes on, whoever is told of it.
    }
  }
}

function foreign({ name, reason }: Refused): HushlogError {
  return new HushlogError('HUSHLOG_FOREIGN', `open/${name} is refused and left alone: ${reason}`, {
    hint: 'find out who put it there; a user whose segments are to be taken is named by --from',
  })
}

function alreadyKept(dir: string, { writer, last }: Presence): HushlogError {
  const text = `${dir} has a keeper: process ${writer.pid}, last seen ${last}`
  return new HushlogError('HUSHLOG_KEEPER', text, {
    hint: 'one is enough; to exchange it, stop that one first',
  })
}

/** A name that its maker chose. */
function shown(file: string): string {
  return JSON.stringify(file.slice(0, 100))
}
