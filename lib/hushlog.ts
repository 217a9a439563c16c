/**
 * The life of a line, from the log call to the sealed segment: options → gate → store and keeper → logger.
 */
import { type Config, checkOptions, type StorageConfig } from './config.ts'
import { HushlogError } from './errors.ts'
import { flushAtExit } from './exit.ts'
import { type Keeping, keptElsewhere } from './keep/elsewhere.ts'
import { Keeper } from './keep/keeper.ts'
import { readPresence } from './keep/presence.ts'
import { checkRecipients } from './keep/recipients.ts'
import { gatedPipeline } from './logger/gated-pipeline.ts'
import { createLogger, type LifeExtras } from './logger/logger.ts'
import type { Pipeline } from './logger/pipeline.ts'
import { type OutputFormat, type OutputOptions, OutputSink, outputFormat } from './logger/stdout.ts'
import type { Finder } from './scrub/finder.ts'
import type { Gate } from './scrub/gate.ts'
import { createFinder, scrubOnce } from './scrub/scrubber.ts'
import { gateStats } from './scrub/stats.ts'
import { type Live, openLive } from './ship/live/live.ts'
import { ShipThread } from './ship/ship-thread.ts'
import { prepareDirectory } from './store/directory.ts'
import type { Stamp } from './store/frames.ts'
import { SegmentWriter, type SegmentWriterOptions } from './store/writer.ts'
import {
  type BatchSink,
  type Gap,
  type Hushlog,
  type HushlogOptions,
  STDOUT_NOT_READ,
  type Stats,
} from './types.ts'

const FLUSH_DEADLINE = 10_000

/**
 * Makes a logger: a pino logger whose lines are stamped, scrubbed and kept.
 * @throws HushlogError `HUSHLOG_OPTION` for a wrong option, `HUSHLOG_DIRECTORY` for a directory that cannot be used
 */
export function hushlog<CustomLevels extends string = never>(
  options: HushlogOptions<CustomLevels> = {},
): Hushlog<CustomLevels> {
  const { pipeline, config, extras } = openPipeline(options as unknown as HushlogOptions)
  return createLogger(pipeline, config.pino, extras) as unknown as Hushlog<CustomLevels>
}

export interface OpenPipeline {
  pipeline: Pipeline
  config: Config
  extras: LifeExtras
  /** Records a loss, and says it on standard error. */
  lose(gap: Gap): void
}

/** What a caller that is no logger brings: where standard output is written, and more that takes scrubbed lines. */
export interface Outlets {
  stdout?: OutputOptions['stream']
  sinks?: readonly BatchSink[]
}

/**
 * The life of a line without the logger that makes it.
 * @throws HushlogError as `hushlog`
 */
export function openPipeline(options: HushlogOptions, outlets: Outlets = {}): OpenPipeline {
  const config = checkOptions(options)
  const onError = config.onError === undefined ? tellOnce() : guarded(config.onError)
  const finder = createFinder(config.scrub, [config.host, config.service])
  const live = openLive(config, { scrub: (text) => scrubOnce(finder, text), onError })
  const store = openStore(config, {
    stamp: stampOf(finder, () => pipeline.processStamp),
    onGap: (gap) => lose(gap),
    onClockStep: (step) => pipeline.clockStep(step),
    onError,
  })
  const output = outputOf(config, store, {
    stream: outlets.stdout,
    onGap: (count) => pipeline.gap(slowReader(count)),
    onError,
  })
  const { gate, pipeline } = gatedPipeline(config, finder, {
    sinks: [store?.writer, output, ...(live?.sinks ?? []), ...(outlets.sinks ?? [])].filter(
      (sink) => sink !== undefined,
    ),
    durability: config.storage === false ? 'turn' : config.storage.durability,
    onError,
  })
  const lose = (gap: Gap) => {
    pipeline.gap(gap)
    tellLoss(config, gap, onError)
  }
  const forget = flushAtExit(() => {
    pipeline.flushSync()
    const gap = store?.writer.giveUp()
    if (gap !== undefined) tellLoss(config, gap, onError)
    live?.endSync()
  })
  store?.keeper.start().catch(onError)
  store?.shipping?.start()
  sayWhere(config, store, output)
  warnOfPlain(store)

  const extras: LifeExtras = {
    hide: (value, name) => finder.registered.hide(value, name),
    flush: (callback) => flush(pipeline, callback),
    close: async () => {
      pipeline.writeThrough()
      await flush(pipeline)
      const isSilent = live?.close()
      await store?.writer.close()
      await store?.keeper.close()
      await store?.shipping?.close()
      await isSilent
      forget()
    },
    stats: () => statsOf(gate, finder, store, live),
  }
  return { pipeline, config, extras, lose }
}

interface Store {
  dir: string
  recipients: readonly string[]
  writer: SegmentWriter
  keeper: Keeping
  shipping: ShipThread | undefined
}

type StoreHooks = Required<Pick<SegmentWriterOptions, 'stamp' | 'onGap' | 'onClockStep' | 'onError'>>

/** The writer and the keeper of a directory; nothing when storage is off or its default place cannot be had. */
function openStore(config: Config, hooks: StoreHooks): Store | undefined {
  const { storage } = config
  if (storage === false) return undefined
  const recipients = checkRecipients(storage.encryptTo, 'storage.encryptTo')
  const dir = usableDirectory(storage)
  if (dir === undefined) return undefined
  const { onError, onGap } = hooks
  const { keepDays } = storage
  const external = storage.keeper === 'external'
  const shipping = shippingOf(config, dir, keepDays, onError)
  const keeper = external
    ? keptElsewhere
    : new Keeper({
        dir,
        keepDays,
        recipients,
        onError,
        onGap,
        onFirstKey: sayKey,
        onSealed: () => shipping?.wake(),
      })
  const writer = new SegmentWriter({
    dir,
    external,
    host: config.host,
    maxSize: storage.maxSize,
    maxAge: storage.maxAge,
    onFull: storage.onFull,
    stamp: hooks.stamp,
    onSealable: (path, reason, lines) => keeper.seal(path, reason, lines),
    onGap: (gap) => {
      keeper.record({ kind: 'gap', ...gap })
      onGap(gap)
    },
    onClockStep: (step) => {
      keeper.record({ kind: 'clock', ...step })
      hooks.onClockStep(step)
    },
    onError,
  })
  return { dir, recipients, writer, keeper, shipping }
}

/** What takes sealed segments off the host, when something is to. */
function shippingOf(
  { ship }: Config,
  dir: string,
  keepDays: number,
  onError: (error: HushlogError) => void,
): ShipThread | undefined {
  if (ship === undefined || ship.targets.length === 0) return undefined
  const { targets, maxConcurrency, maxBandwidth } = ship
  return new ShipThread({ dir, targets, keepDays, maxConcurrency, maxBandwidth, onError })
}

/**
 * What the records that the store makes itself bear. They never go through the gate, so it is scrubbed beforehand,
 * and again when values have been registered since.
 */
function stampOf(finder: Finder, processStamp: () => string): Stamp {
  let scrubbed = ''
  let values = -1
  return (now) => {
    if (values !== finder.registered.size) {
      values = finder.registered.size
      scrubbed = scrubOnce(finder, `{${processStamp()}}`).slice(1, -1)
    }
    return `,"time":"${new Date(now).toISOString()}",${scrubbed}`
  }
}

/** A loss is said on standard error whoever else is told, and each one: it is what a log must never be silent about. */
function tellLoss(
  config: Config,
  { count, reason, levels }: Gap,
  onError: (error: HushlogError) => void,
): void {
  const byLevel = Object.entries(levels).map(([level, lines]) => `${lines} of level ${level}`)
  const text = `${count} lines were lost: ${reason}${byLevel.length === 0 ? '' : ` (${byLevel.join(', ')})`}`
  if (config.onError !== undefined) onError(new HushlogError('HUSHLOG_LOST', text))
  say(text)
}

function usableDirectory({ dir, explicit, keeper }: StorageConfig): string | undefined {
  try {
    return prepareDirectory(dir, { explicit, external: keeper === 'external' })
  } catch (error) {
    if (explicit || !(error instanceof HushlogError)) throw error
    say(`${error.message}; lines go to standard output as JSON`)
    return undefined
  }
}

function outputOf(
  config: Config,
  store: Store | undefined,
  options: Omit<OutputOptions, 'format'>,
): OutputSink | undefined {
  const isHomeless = config.storage !== false && store === undefined
  const format: OutputFormat | undefined = isHomeless ? 'json' : outputFormat(config.stdout)
  return format === undefined ? undefined : new OutputSink({ ...options, format })
}

function slowReader(count: number): Gap {
  const now = Date.now()
  return { reason: STDOUT_NOT_READ, count, levels: {}, first: now, last: now }
}

function sayWhere(config: Config, store: Store | undefined, output: BatchSink | undefined): void {
  const places: string[] = []
  if (store !== undefined) places.push(`${store.dir} (${howKept(store, config.storage as StorageConfig)})`)
  if (output !== undefined) places.push('standard output')
  say(
    places.length === 0
      ? 'lines go nowhere: storage and stdout are both off'
      : `lines go to ${places.join(' and ')}`,
  )
}

function sayKey(key: string): void {
  say(`the ledger is signed, beginning with the public key ${key}`)
  say('hint: keep that key where this program cannot write, for hushlog verify --key')
}

function encryptedTo({ recipients }: Store): string {
  if (recipients.length === 0) return 'not encrypted'
  return `encrypted to ${recipients.length} ${recipients.length === 1 ? 'recipient' : 'recipients'}`
}

let hasWarned = false

/** Once in a process, however many loggers it makes. */
function warnOfPlain(store: Store | undefined): void {
  if (store === undefined || store.keeper === keptElsewhere) return
  if (store.recipients.length > 0 || hasWarned) return
  hasWarned = true
  say(`whoever can read ${store.dir} can read what was logged: storage.encryptTo is not set
hint: hushlog keygen -o FILE, on another host, makes an identity and prints what belongs there`)
}

function howKept(store: Store, { keeper, keepDays }: StorageConfig): string {
  if (keeper === 'worker') return `kept ${keepDays} days, sealed segments ${encryptedTo(store)}`
  const { state, presence } = readPresence(store.dir)
  if (state === 'running') return 'a keeper of its own seals them'
  const seen = presence === undefined ? '' : `, last seen ${presence.last}`
  return `no keeper is up${seen}: they wait in open/, hint: hushlog keep ${store.dir}`
}

function say(words: string): void {
  process.stderr.write(`hushlog: ${words}\n`)
}

function flush(pipeline: Pipeline, callback?: (error?: Error) => void): Promise<void> {
  const done = withDeadline(pipeline.sync())
  if (callback !== undefined) done.then(() => callback(), callback)
  return done
}

function withDeadline(work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new HushlogError('HUSHLOG_DEADLINE', `flush() took longer than ${FLUSH_DEADLINE} ms`))
    }, FLUSH_DEADLINE)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

const QUIET_FOR = 60_000

/** One line on stderr for each kind of error, once a minute. */
function tellOnce(): (error: HushlogError) => void {
  const told = new Map<string, number>()
  return (error) => {
    const now = performance.now()
    if (now - (told.get(error.code) ?? Number.NEGATIVE_INFINITY) < QUIET_FOR) return
    told.set(error.code, now)
    say(error.hint === undefined ? error.message : `${error.message}\nhint: ${error.hint}`)
  }
}

/** The program's callback, which must not break the log call that it is told of. */
function guarded(onError: (error: HushlogError) => void): (error: HushlogError) => void {
  return (error) => {
    try {
      onError(error)
    } catch {
      say(`onError threw while being told: ${error.message}`)
    }
  }
}

function statsOf(gate: Gate, finder: Finder, store: Store | undefined, live: Live | undefined): Stats {
  const stats: Stats = gateStats(gate, finder)
  if (store !== undefined) stats.store = { dir: store.dir, ...store.writer.stats(), ...store.keeper.stats() }
  if (store?.shipping !== undefined) stats.ship = { targets: store.shipping.stats() }
  if (live !== undefined) stats.ship = { ...stats.ship, ...live.stats() }
  return stats
}

export default hushlog
