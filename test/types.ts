/**
 * What must compile and what must not, checked by `tsc --noEmit`; nothing here runs.
 */
import type pino from 'pino'
import { type AuditEvent, type Hushlog, type HushlogOptions, hushlog, requestLogger } from '../lib/index.ts'
import type { SegmentWriter } from '../lib/store/writer.ts'
import type { ScrubbedBatch } from '../lib/types.ts'

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

function holds<_T extends true>(): void {}

// The comparison itself can fail.
holds<Equals<string, string>>()
// @ts-expect-error
holds<Equals<string, unknown>>()
// @ts-expect-error
holds<Equals<never, string>>()

// A logger is usable wherever pino's is, and so is its child.
const log = hushlog()
holds<Equals<typeof log, Hushlog>>()
log satisfies pino.Logger
log.child({ module: 'orders' }) satisfies pino.Logger
function takesPino(_: pino.Logger): void {}
takesPino(log)
log.info({ orderId: 17 }, 'sold %d', 2)

// What pino and hushlog both have follows hushlog.
const flushed = log.flush()
holds<Equals<typeof flushed, Promise<void>>>()
const flushedToo = log.flush((error?: Error) => error)
holds<Equals<typeof flushedToo, Promise<void>>>()

// Children, and children of children, have the extras.
const child = log.child({ module: 'orders' }, { level: 'debug' })
holds<Equals<typeof child, Hushlog>>()
const event: AuditEvent = { action: 'order.refund', actor: 'ada', outcome: 'success' }
holds<Equals<ReturnType<typeof child.audit>, Promise<void>>>()
child.child({}).audit(event)
child.audit.denied({ action: 'order.refund', actor: 'ada' })
child.stats().hidden.values satisfies number

// Custom levels are typed, in children too.
const loud = hushlog({ customLevels: { loud: 35 } })
holds<Equals<typeof loud, Hushlog<'loud'>>>()
loud satisfies pino.Logger<'loud'>
loud.loud('hello')
// @ts-expect-error
loud.quiet('hello')
// @ts-expect-error
log.loud('hello')
const louder = loud.child({}, { customLevels: { louder: 36 } })
louder.loud('hello')
louder.louder('hello')
louder.audit(event)

// Adapters take a hushlog logger and no other.
requestLogger(log)
requestLogger(child)
declare const plainPino: pino.Logger
// @ts-expect-error
requestLogger(plainPino)

// Nothing that was not scrubbed can be stored.
declare const writer: SegmentWriter
declare const batch: ScrubbedBatch
writer.append(batch)
// @ts-expect-error
writer.append('plain string')
// @ts-expect-error
writer.append(Buffer.from('plain bytes'))
const handMade = {
  bytes: new Uint8Array(1),
  ends: new Uint32Array(1),
  levels: new Int32Array(1),
  kinds: new Uint8Array(1),
  count: 1,
}
// @ts-expect-error
writer.append(handMade)
// @ts-expect-error
writer.append({ ...handMade, scrubbed: true })

// Options are known by name, and pino's own pass through.
hushlog({ service: 'shop', level: 'warn', redact: ['a.b'], storage: { keepDays: 365 }, stdout: 'common' })
hushlog({ storage: false, scrub: { rules: [{ id: 'shop-key', prefix: 'shop_' }] } })
// @ts-expect-error
hushlog({ keepDays: 30 })
// @ts-expect-error
hushlog({ storage: { keepdays: 365 } })
// @ts-expect-error
hushlog({ stdout: 'xml' })
// @ts-expect-error
hushlog({ storage: true })

// What would lead lines around the gate or change the frame of a line is no option.
holds<Equals<Extract<keyof HushlogOptions, 'transport' | 'timestamp' | 'browser' | 'name' | 'crlf'>, never>>()

// An audit event says who, what and how it ended.
// @ts-expect-error
log.audit({ action: 'order.refund', actor: 'ada' })
// @ts-expect-error
log.audit({ action: 'order.refund', outcome: 'success' })
// @ts-expect-error
log.audit({ action: 'order.refund', actor: 'ada', outcome: 'perhaps' })
// @ts-expect-error
log.audit.denied({ action: 'order.refund', actor: 'ada', outcome: 'success' })
