import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import bunyan from 'bunyan'
import t from 'tap'
import { unwrap, wrap } from '../../lib/wrap.ts'
import { folder } from '../helpers.ts'

interface Record {
  [name: string]: unknown
  msg: string
}

function text(): { stream: Writable; text(): string; records(): Record[] } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  const all = () => chunks.join('')
  return {
    stream,
    text: all,
    records: () =>
      all()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
  }
}

function raw(): { stream: never; records: Record[] } {
  const records: Record[] = []
  return { stream: { write: (record: Record) => records.push(record) } as never, records }
}

/** bunyan's files are written in their own time. */
async function linesOf(path: string, count: number): Promise<string> {
  for (;;) {
    const written = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (written.split('\n').length > count) return written
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

const WITHHELD = 'a line was withheld: it could not be made safe'

t.test('no stream of a wrapped bunyan logger gets a secret: text, raw, ring buffer, files', async (t) => {
  const dir = folder(t)
  const line = text()
  const object = raw()
  const ring = new bunyan.RingBuffer({ limit: 20 })
  const log = bunyan.createLogger({
    name: 'shop',
    serializers: bunyan.stdSerializers,
    streams: [
      { stream: line.stream },
      { type: 'raw', stream: object.stream },
      { type: 'raw', stream: ring as never },
      { path: join(dir, 'app.log') },
      { type: 'rotating-file', path: join(dir, 'rotating.log'), period: '1d', count: 2 },
    ],
  })
  t.equal(wrap(log), log)
  t.equal(wrap(log), log, 'twice is once')
  const later = raw()
  log.addStream({ type: 'raw', stream: later.stream, level: 'debug' })
  log.info({ password: 'hunter2', nested: [{ apiKey: 'hunter2' }] }, 'pwd=%s', 'hunter2')
  log.error(new Error('db postgres://u:hunter2@db/x', { cause: new Error('token=hunter2') }))
  log.warn({ req: { connection: {}, url: '/?token=hunter2', headers: { authorization: 'Bearer hunter2' } } })
  log.child({ refreshToken: 'hunter2' }).info('child')
  log.child({ refreshToken: 'hunter2' }, true).info('simple child')
  log.child({ streams: [{ type: 'raw', stream: later.stream }] } as never).info('token=hunter2 twice')
  log.info(Buffer.from('pwd=hunter2'), 'token=hunter2')
  t.equal(line.records().length, 7)
  t.match(line.records()[0], {
    name: 'shop',
    level: 30,
    password: '[SECRET:password]',
    msg: 'pwd=[SECRET:password]',
  })
  t.match(line.records()[1], {
    err: { name: 'Error', message: 'db postgres://u:[SECRET:url-password]@db/x' },
  })
  t.equal(object.records.length, 7)
  t.ok(object.records[0].time instanceof Date, 'a raw record is what it was')
  t.match(object.records[0], { level: 30, v: 0, nested: [{ apiKey: '[SECRET:key]' }] })
  t.equal(later.records.length, 8)
  t.equal((ring.records as Record[]).length, 7)
  t.equal(log.level(), bunyan.DEBUG, 'levels are as they were')
  for (const file of ['app.log', 'rotating.log']) {
    const written = await linesOf(join(dir, file), 7)
    t.equal(written.split('\n').length, 8, file)
    t.notMatch(written, /hunter2/, file)
  }
  t.equal(readdirSync(dir).length, 2)
  t.notMatch(line.text() + JSON.stringify([object.records, later.records, ring.records]), /hunter2/)
  unwrap(log)
  log.info({ password: 'hunter2' })
  t.match(line.records()[7], { password: 'hunter2' }, 'and unwrapped it is as before')
  t.match(object.records[7], { password: 'hunter2' })
  for (const { stream, type } of (log as unknown as { streams: { stream: Writable; type: string }[] })
    .streams)
    if (type === 'file' || type === 'rotating-file') stream.end()
})

t.test(
  'children that were made before are behind the gate, and loggers of other names are not',
  async (t) => {
    const { stream, records } = text()
    const root = bunyan.createLogger({ name: 'shop', stream })
    const [child, simple] = [root.child({ a: 1 }), root.child({ b: 2 }, true)]
    const other = bunyan.createLogger({ name: 'other', stream })
    wrap(root)
    for (const log of [child, simple, other, child.child({ c: 3 })]) log.info('pwd=hunter2')
    t.strictSame(
      records().map(({ msg }) => msg),
      ['pwd=[SECRET:password]', 'pwd=[SECRET:password]', 'pwd=hunter2', 'pwd=[SECRET:password]'],
    )
    t.equal(wrap(child), child, 'a child of a wrapped one is wrapped already')
    unwrap(child)
    root.info('pwd=hunter2')
    t.equal(records()[4].msg, 'pwd=hunter2', 'and unwraps all of them')
    const emit = Object.getPrototypeOf(root)._emit
    wrap(root)
    wrap(other)
    unwrap(root)
    other.info('pwd=hunter2')
    t.equal(records()[5].msg, 'pwd=[SECRET:password]')
    unwrap(other)
    t.equal(Object.getPrototypeOf(root)._emit, emit, 'bunyan is left as it was')
  },
)

t.test('children of a logger without streams are behind its gate when they get one', async (t) => {
  const { stream, text: printed } = text()
  const root = wrap(bunyan.createLogger({ name: 'shop', streams: [] }))
  const child = root.child({ a: 1 })
  child.addStream({ stream })
  child.info('pwd=hunter2')
  t.match(printed(), 'pwd=[SECRET:password]')
})

t.test(
  'serializers that throw, cycles, getters and BigInts cost neither the program nor a secret',
  async (t) => {
    const { stream, records, text: printed } = text()
    const said: string[] = []
    const { write } = process.stderr
    process.stderr.write = ((chunk: string) => said.push(chunk)) as never
    t.teardown(() => (process.stderr.write = write))
    const log = wrap(
      bunyan.createLogger({
        name: 'shop',
        stream,
        serializers: {
          user: () => {
            throw new Error('password=hunter2')
          },
        },
      }),
    )
    const cycle: { token: string; self?: unknown } = { token: 'hunter2' }
    cycle.self = cycle
    log.info({ user: 'ada' }, 'serialized')
    log.info({ cycle, big: 1n }, 'a cycle')
    log.info(
      {
        nested: {
          get broken() {
            throw new Error('token=hunter2')
          },
        },
        token: 'hunter2',
      },
      'a getter',
    )
    process.stderr.write = write
    t.match(records()[0], {
      user: '(Error in Bunyan log "user" serializer broke field. See stderr for details.)',
    })
    t.match(records()[1], { cycle: { token: '[SECRET:token]', self: '[Circular]' }, msg: 'a cycle' })
    t.match(said.join(''), /the serializer of "user" threw: Error: password=\[SECRET:password\]/)
    t.notMatch(said + printed(), /hunter2/)
  },
)

t.test('what the scrubber fails on is withheld: text and record', async (t) => {
  const line = text()
  const object = raw()
  const log = wrap(
    bunyan.createLogger({
      name: 'shop',
      streams: [{ stream: line.stream }, { type: 'raw', stream: object.stream }],
    }),
  )
  const { decode } = TextDecoder.prototype
  t.teardown(() => (TextDecoder.prototype.decode = decode))
  TextDecoder.prototype.decode = () => {
    throw new Error('broken')
  }
  log.info({ password: 'hunter2' })
  t.match(line.records(), [{ name: 'shop', level: 50, msg: WITHHELD }])
  t.match(object.records, [{ name: 'shop', level: 50, msg: WITHHELD }])
  t.notMatch(line.text() + JSON.stringify(object.records), /hunter2/)
})
