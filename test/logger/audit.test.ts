import t from 'tap'
import { runOperation } from '../../lib/context.ts'
import { linesIn, logger } from '../helpers.ts'

const event = { action: 'order.refund', actor: 'ada', target: 'order-17', outcome: 'success' as const }

t.test('an audit record stands on the disk before the call returns, whatever the level', async (t) => {
  const { log, dir } = logger(t, { level: 'silent' })
  const done = log.audit({
    ...event,
    reason: 'damaged',
    details: { amount: 5, nested: { password: 'hunter2', note: 'token=abc' } },
  })
  t.match(linesIn(dir), [
    {
      level: 30,
      kind: 'audit',
      operation: 'process',
      action: 'order.refund',
      actor: 'ada',
      target: 'order-17',
      outcome: 'success',
      reason: 'damaged',
      details: { amount: 5, nested: { password: '[SECRET]', note: 'token=[SECRET:token]' } },
      msg: 'order.refund success by ada',
    },
  ])
  await done
})

t.test('lines that were logged before an audit record stand before it', async (t) => {
  const { log, dir } = logger(t)
  log.info('first')
  log.audit(event)
  t.match(linesIn(dir), [{ msg: 'first' }, { kind: 'audit' }])
})

t.test('denied() writes the outcome, and a child’s bindings and operation count', async (t) => {
  const { log, lines } = logger(t)
  await runOperation('POST /refunds', () =>
    log.child({ tenant: 'acme' }).audit.denied({ action: 'order.refund', actor: 'eve' }),
  )
  t.match(lines(), [{ level: 40, outcome: 'denied', tenant: 'acme', operation: 'POST /refunds' }])
})

t.test(
  'an incomplete event is written as far as it goes, and the promise says what is missing',
  async (t) => {
    const { log, lines } = logger(t)
    for (const wrong of [undefined, null, {}, { action: 'x' }, { action: '', actor: 5, outcome: 'maybe' }]) {
      await t.rejects(log.audit(wrong as never), { code: 'HUSHLOG_AUDIT', message: /wrong or missing: / })
    }
    t.equal(lines().length, 5)
    t.match(lines()[3], { action: 'x', actor: 'unknown', outcome: 'unknown' })
  },
)

t.test('a target that is no text is named by its number, else by its type', async (t) => {
  const { log, lines } = logger(t)
  for (const target of [17, { password: 'hunter2' }, true, null])
    await log.audit({ ...event, target: target as never })
  t.strictSame(
    lines().map(({ target }) => target),
    ['17', 'object', 'boolean', undefined],
  )
})

t.test('a logger that cannot say its bindings still leaves the record', async (t) => {
  const { log, lines } = logger(t)
  const child = Object.assign(log.child({ tenant: 'acme' }), {
    bindings() {
      throw new Error('the program’s own')
    },
  })
  await child.audit(event)
  t.match(lines(), [{ kind: 'audit', action: 'order.refund', actor: 'ada' }])
})

t.test('a rejection that nobody waits for does not end the program', async (t) => {
  const { log } = logger(t)
  const unhandled: unknown[] = []
  const listener = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', listener)
  log.audit({} as never)
  await new Promise((resolve) => setTimeout(resolve, 20))
  process.off('unhandledRejection', listener)
  t.strictSame(unhandled, [])
})

t.test('hostile details are bounded and break nothing', async (t) => {
  const { log, lines } = logger(t)
  const details: Record<string, unknown> = {
    get boom() {
      throw new Error('x')
    },
    big: 5n,
    long: 'y'.repeat(100),
  }
  details.self = details
  await log.audit({ ...event, actor: 'a'.repeat(5000), details })
  const [line] = lines() as unknown as { actor: string; details: Record<string, unknown> }[]
  t.equal(line.actor.length, 1025)
  t.match(line.details, { boom: '[Unreadable]', self: '[Circular]' })
})

t.test('many audit records at once share their waits for the disk', async (t) => {
  const { log, lines } = logger(t)
  await Promise.all(Array.from({ length: 200 }, (_, i) => log.audit({ ...event, target: `order-${i}` })))
  t.strictSame(
    lines().map(({ target }) => target),
    Array.from({ length: 200 }, (_, i) => `order-${i}`),
  )
})
