/**
 * The life of a line, from the log call to the sealed segment: options → gate → store and keeper → logger.
 */
import { type Config, checkOptions, type StorageConfig } from './config.ts'
import { HushlogError } from './errors.ts'
import { flushAtExit } from './exit.ts'
import { Keeper } from './keep/keeper.ts'
import { createLogger } from './logger/logger.ts'
import { Pipeline } from './logger/pipeline.ts'
import { type OutputFormat, OutputSink, outputFormat } from './logger/stdout.ts'
import type { Finder } from './scrub/finder.ts'
import { Gate } from './scrub/gate.ts'
import { createFinder, scrubOnce } from './scrub/scrubber.ts'
import { prepareDirectory } from './store/directory.ts'
import type { Stamp } from './store/frames.ts'
import { SegmentWriter, type SegmentWriterOptions } from './store/writer.ts'
import type { BatchSink, Gap, Hushlog, HushlogOptions, Stats } from './types.ts'

const FLUSH_DEADLINE = 10_000

/**
 * Makes a logger: a pino logger whose lines are stamped, scrubbed and kept.
 * @throws HushlogError `HUSHLOG_OPTION` for a wrong option, `HUSHLOG_DIRECTORY` for a directory that cannot be used
 */
export function hushlog<CustomLevels extends string = never>(
  options: HushlogOptions<CustomLevels> = {},
): Hushlog<CustomLevels> {
  const config = checkOptions(options as unknown as HushlogOptions)
  const onError = config.onError === undefined ? tellOnce() : guarded(config.onError)
  const finder = createFinder(config.scrub, [config.host, config.service])
  const store = openStore(config, {
    stamp: stampOf(finder, () => pipeline.processStamp),
    onGap: (gap) => {
      pipeline.gap(gap)
      tellLoss(config, gap, onError)
    },
    onClockStep: (step) => pipeline.clockStep(step),
    onError,
  })
  const output = outputOf(config, store, (count) => pipeline.gap(slowReader(count)), onError)
  const gate: Gate = new Gate({
    finder,
    onScrub: config.scrub.onScrub,
    stub: (error, level) => pipeline.stub(error, level),
  })
  const pipeline = new Pipeline({
    gate,
    sinks: [store?.writer, output].filter((sink): sink is SegmentWriter | OutputSink => sink !== undefined),
    durability: config.storage === false ? 'turn' : config.storage.durability,
    identity: { service: config.service, host: config.host, pid: process.pid },
    onError,
  })
  const forget = flushAtExit(() => {
    pipeline.flushSync()
    const gap = store?.writer.giveUp()
    if (gap !== undefined) tellLoss(config, gap, onError)
  })
  store?.keeper.start().catch(onError)
  sayWhere(config, store, output)

  const logger = createLogger(pipeline, config.pino, {
    hide: (value, name) => finder.registered.hide(value, name),
    flush: (callback) => flush(pipeline, callback),
    close: async () => {
      pipeline.writeThrough()
      await flush(pipeline)
      await store?.writer.close()
      await store?.keeper.close()
      forget()
    },
    stats: () => statsOf(gate, finder, store),
  })
  return logger as unknown as Hushlog<CustomLevels>
}

interface Store {
  dir: string
  writer: SegmentWriter
  keeper: Keeper
}

type StoreHooks = Required<Pick<SegmentWriterOptions, 'stamp' | 'onGap' | 'onClockStep' | 'onError'>>

/** The writer and the keeper of a directory; nothing when storage is off or its default place cannot be had. */
function openStore(config: Config, hooks: StoreHooks): Store | undefined {
  const { storage } = config
  if (storage === false) return undefined
  const dir = usableDirectory(storage)
  if (dir === undefined) return undefined
  const { onError, onGap } = hooks
  const keeper = new Keeper({ dir, keepDays: storage.keepDays, onError, onGap })
  const writer = new SegmentWriter({
    dir,
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
  return { dir, writer, keeper }
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

function usableDirectory({ dir, explicit }: StorageConfig): string | undefined {
  try {
    return prepareDirectory(dir, { explicit })
  } catch (error) {
    if (explicit || !(error instanceof HushlogError)) throw error
    say(`${error.message}; lines go to standard output as JSON`)
    return undefined
  }
}

function outputOf(
  config: Config,
  store: Store | undefined,
  onGap: (count: number) => void,
  onError: (error: HushlogError) => void,
): OutputSink | undefined {
  const isHomeless = config.storage !== false && store === undefined
  const format: OutputFormat | undefined = isHomeless ? 'json' : outputFormat(config.stdout)
  return format === undefined ? undefined : new OutputSink({ format, onGap, onError })
}

function slowReader(count: number): Gap {
  const now = Date.now()
  return { reason: 'standard output is not read', count, levels: {}, first: now, last: now }
}

function sayWhere(config: Config, store: Store | undefined, output: BatchSink | undefined): void {
  const places: string[] = []
  if (store !== undefined)
    places.push(
      `${store.dir} (kept ${(config.storage as StorageConfig).keepDays} days, sealed segments not encrypted)`,
    )
  if (output !== undefined) places.push('standard output')
  say(
    places.length === 0
      ? 'lines go nowhere: storage and stdout are both off'
      : `lines go to ${places.join(' and ')}`,
  )
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

function statsOf(gate: Gate, { registered, scanner }: Finder, store: Store | undefined): Stats {
  const { lines, bytes, withheld } = gate.counts
  const stats: Stats = {
    lines,
    bytes,
    scrubbed: gate.tally.byRule(),
    scanner,
    withheld,
    onScrubFailures: gate.tally.failures,
    hidden: { values: registered.size, refused: [...registered.refused] },
  }
  if (store !== undefined) stats.store = { dir: store.dir, ...store.writer.stats(), ...store.keeper.stats() }
  return stats
}

export default hushlog
