/**
 * A logger for tests: the same gate, and its lines in memory instead of on the disk.
 */
import { checkOptions } from '../config.ts'
import { HushlogError } from '../errors.ts'
import { gatedPipeline } from '../logger/gated-pipeline.ts'
import { createLogger } from '../logger/logger.ts'
import { createFinder } from '../scrub/scrubber.ts'
import { gateStats } from '../scrub/stats.ts'
import type { Hushlog, HushlogOptions } from '../types.ts'
import { assertNoSecrets, type SecretChecks } from './assert-no-secrets.ts'
import { type CapturedRecord, MemorySink } from './memory-sink.ts'

export type CaptureOptions<CustomLevels extends string = never> = Omit<
  HushlogOptions<CustomLevels>,
  'storage' | 'stdout'
>

export interface Captured {
  /** All records so far, in order, as they would stand on the disk. */
  readonly records: CapturedRecord[]
  /** Those that `audit` and `audit.denied` wrote. */
  readonly audits: CapturedRecord[]
  /** The lines themselves: NDJSON. */
  text(): string
  /** Forgets what was captured. */
  clear(): void
  /**
   * Throws when a line holds one of the given secrets, in plain text, base64, percent-encoded or escaped for JSON, or
   * a value that looks like a secret; see docs/testing.md for what does. The error tells line, path and length.
   * @throws HushlogError `HUSHLOG_SECRET`, or `HUSHLOG_OPTION` for a wrong option
   */
  assertNoSecrets(checks?: SecretChecks): void
}

/** A hushlog logger, and what it has logged. Children share both. */
export type CapturingLog<CustomLevels extends string = never> = Captured & Hushlog<CustomLevels>

/**
 * Makes a logger whose scrubbed lines stay in memory, for tests: no directory, nothing on standard error, nothing
 * left behind when the process ends.
 * @throws HushlogError `HUSHLOG_OPTION` for a wrong option, `storage` and `stdout` among them
 */
export function captureLogs<CustomLevels extends string = never>(
  options: CaptureOptions<CustomLevels> = {},
): CapturingLog<CustomLevels> {
  const config = checkOptions(inMemory(options))
  const finder = createFinder(config.scrub, [config.host, config.service])
  const sink = new MemorySink()
  const { gate, pipeline } = gatedPipeline(config, finder, {
    sinks: [sink],
    durability: 'turn',
    onError: quietly(config.onError),
  })
  const log = createLogger(pipeline, config.pino, {
    hide: (value, name) => finder.registered.hide(value, name),
    flush: async (callback) => {
      await pipeline.sync()
      callback?.()
    },
    close: () => pipeline.sync(),
    stats: () => gateStats(gate, finder),
  })
  return Object.defineProperties(log, {
    records: { get: () => sink.records(pipeline) },
    audits: { get: () => sink.records(pipeline).filter(({ kind }) => kind === 'audit') },
    text: { value: () => sink.text(pipeline) },
    clear: { value: () => sink.clear(pipeline) },
    assertNoSecrets: {
      value: (checks?: SecretChecks) => assertNoSecrets(sink.records(pipeline), finder.rules, checks),
    },
  }) as unknown as CapturingLog<CustomLevels>
}

function inMemory(options: object): HushlogOptions {
  for (const name of ['storage', 'stdout']) {
    if (
      options !== null &&
      typeof options === 'object' &&
      (options as Record<string, unknown>)[name] !== undefined
    )
      throw new HushlogError(
        'HUSHLOG_OPTION',
        `captureLogs does not take ${name}: its lines stay in memory`,
        {
          hint: 'hushlog() writes them',
        },
      )
  }
  return options === null || typeof options !== 'object'
    ? options
    : { ...options, storage: false, stdout: false }
}

/** What goes wrong shows in the lines; a callback of the test's own must not break the log call. */
function quietly(onError: HushlogOptions['onError']): (error: HushlogError) => void {
  return (error) => {
    try {
      onError?.(error)
    } catch {}
  }
}
