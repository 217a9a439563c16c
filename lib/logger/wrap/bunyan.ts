/**
 * bunyan copies the list of its streams into each child, so that a stream in one logger's list says nothing of the
 * others. What all loggers of one bunyan have in common is the method that emits a record; there it is decided
 * whether the logger belongs to a family that is wrapped: the loggers of one name that share a stream.
 */
import { EOL } from 'node:os'
import { format } from 'node:util'
import { overrideMethod, type Undo, undoAll } from './undo.ts'
import { levelNamed, type Recorder, WITHHELD, type WrapGate } from './wrap-gate.ts'

interface Stream {
  stream: { write(record: unknown): unknown }
  raw: boolean
  level: number
}

type Rec = Record<string, unknown> & { level: number }

export interface BunyanLogger {
  streams: Stream[]
  fields: { name?: unknown }
  serializers: Record<string, (value: unknown) => unknown> | null
  _emit(record: Rec, noemit?: boolean): string | undefined
  _applySerializers(fields: Record<string, unknown>, excluded?: Record<string, boolean>): void
  child(...args: unknown[]): BunyanLogger
}

/** The logger itself, or the one of its family that is wrapped already. */
export function bunyanTarget(logger: object): BunyanLogger | undefined {
  if (!isBunyan(logger)) return undefined
  const families = patches.get(emitterOf(logger))?.families
  return (families && familyOf(logger, families)?.root) ?? logger
}

function isBunyan(logger: object): logger is BunyanLogger {
  const { _emit, addStream, streams, fields } = logger as Record<string, unknown>
  return (
    typeof _emit === 'function' &&
    typeof addStream === 'function' &&
    Array.isArray(streams) &&
    isObject(fields)
  )
}

interface Family {
  root: BunyanLogger
  /** Streams that the root had when it was wrapped. */
  streams: ReadonlySet<object>
  gate: WrapGate
  members: WeakSet<object>
}

interface Patch {
  families: Set<Family>
  undo: Undo
}

/** By the prototype of each bunyan that is loaded. */
const patches = new WeakMap<object, Patch>()

export function wrapBunyan(logger: BunyanLogger, gate: WrapGate): Undo {
  const prototype = emitterOf(logger)
  const patch = patches.get(prototype) ?? patched(prototype)
  patches.set(prototype, patch)
  const streams = new Set(logger.streams.map(({ stream }) => stream as object))
  const family = { root: logger, streams, gate, members: new WeakSet([logger]) }
  patch.families.add(family)
  return () => {
    patch.families.delete(family)
    if (patch.families.size > 0) return
    patch.undo()
    patches.delete(prototype)
  }
}

/** The object that bears `_emit`: the prototype of all loggers of this bunyan. */
function emitterOf(logger: BunyanLogger): BunyanLogger {
  let at: object = logger
  while (!Object.hasOwn(at, '_emit')) at = Object.getPrototypeOf(at)
  return at as BunyanLogger
}

function patched(prototype: BunyanLogger): Patch {
  const families = new Set<Family>()
  const { _emit, _applySerializers, child } = prototype
  const undo = undoAll([
    overrideMethod(prototype, '_emit', function (this: BunyanLogger, record: Rec, noemit?: boolean) {
      const family = familyOf(this, families)
      return family === undefined ? _emit.call(this, record, noemit) : emit(this, family.gate, record, noemit)
    }),
    overrideMethod(
      prototype,
      '_applySerializers',
      function (this: BunyanLogger, fields: Record<string, unknown>, excluded?: Record<string, boolean>) {
        const family = familyOf(this, families)
        if (family === undefined) return _applySerializers.call(this, fields, excluded)
        applySerializers(this, family.gate, fields, excluded)
      },
    ),
    overrideMethod(prototype, 'child', function (this: BunyanLogger, ...args: unknown[]) {
      const made = child.apply(this, args)
      familyOf(this, families)?.members.add(made)
      return made
    }),
  ])
  return { families, undo }
}

function familyOf(logger: BunyanLogger, families: ReadonlySet<Family>): Family | undefined {
  for (const family of families) {
    if (family.members.has(logger)) return family
    if (!isRelated(logger, family)) continue
    family.members.add(logger)
    return family
  }
  return undefined
}

function isRelated(logger: BunyanLogger, { root, streams }: Family): boolean {
  if (!Array.isArray(logger.streams) || logger.fields?.name !== root.fields.name) return false
  return logger.streams.some(
    ({ stream }) => streams.has(stream) || root.streams.some((other) => other.stream === stream),
  )
}

/** As bunyan does it, of clean text and a clean record. */
function emit(logger: BunyanLogger, gate: WrapGate, record: Rec, noemit = false): string | undefined {
  let text = noemit ? textOf(gate, record) : undefined
  if (noemit) return text
  if (gate.record !== undefined) store(gate.record, record)
  let clean: object | undefined
  for (const { stream, raw, level } of logger.streams) {
    if (level > record.level) continue
    if (raw) stream.write((clean ??= recordOf(gate, record)))
    else stream.write((text ??= textOf(gate, record)))
  }
  return text
}

function textOf(gate: WrapGate, record: Rec): string {
  try {
    return gate.line(serialized(gate, record) + EOL)
  } catch {
    return JSON.stringify(withheld(record)) + EOL
  }
}

function serialized(gate: WrapGate, record: Rec): string {
  try {
    return JSON.stringify(record)
  } catch {
    // A cycle, a getter that throws, a BigInt.
    return JSON.stringify(gate.value(record), (_name, value) =>
      typeof value === 'bigint' ? String(value) : value,
    )
  }
}

function recordOf(gate: WrapGate, record: Rec): object {
  try {
    return gate.object(record)
  } catch {
    return withheld(record)
  }
}

function withheld({ name, hostname, pid, v }: Rec): object {
  return { name, hostname, pid, level: 50, msg: WITHHELD, time: new Date(), v }
}

/** What the store says itself, of the same moment and process. */
const SAID = new Set(['level', 'time', 'pid', 'hostname', 'v', 'msg'])

function store(into: Recorder, record: Rec): void {
  const fields = Object.fromEntries(Object.entries(record).filter(([name]) => !SAID.has(name)))
  into(levelNamed(record.level), fields, String(record.msg ?? ''))
}

/** bunyan tells of a serializer that throws on standard error, with whatever stands in its message. */
function applySerializers(
  { serializers }: BunyanLogger,
  gate: WrapGate,
  fields: Record<string, unknown>,
  excluded: Record<string, boolean> = {},
): void {
  if (serializers === null) return
  for (const name of Object.keys(serializers)) {
    if (fields[name] === undefined || excluded[name]) continue
    try {
      fields[name] = serializers[name](fields[name])
    } catch (error) {
      const what = error instanceof Error ? error.stack : error
      process.stderr.write(
        `${gate.made(() => format('bunyan: the serializer of "%s" threw: %s', name, what))}\n`,
      )
      fields[name] = `(Error in Bunyan log "${name}" serializer broke field. See stderr for details.)`
    }
  }
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object'
}
