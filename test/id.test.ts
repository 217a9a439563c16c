import fc from 'fast-check'
import t from 'tap'
import * as uuid from 'uuid'
import { validate, version } from 'uuid'
import { isRequestId, newId } from '../lib/id.ts'

t.test('ids are UUIDs of version 7, all different, in the order in which they were made', async (t) => {
  const ids = Array.from({ length: 20_000 }, () => newId())
  t.equal(new Set(ids).size, ids.length)
  t.strictSame(ids.toSorted(), ids)
  for (const id of ids.slice(0, 100)) {
    t.ok(validate(id))
    t.equal(version(id), 7)
  }
})

t.test('an id tells its millisecond', async (t) => {
  const now = Date.now() + 1000
  t.equal(Number.parseInt(newId(now).replace('-', '').slice(0, 12), 16), now)
})

t.test('order survives a clock that goes back', async (t) => {
  const now = Date.now() + 2000
  const ids = [now, now - 5000, now - 1, now, now + 1, now - 60_000].map((at) => newId(at))
  t.strictSame(ids.toSorted(), ids)
})

t.test('order survives the end of the sequence within one millisecond', async (t) => {
  // Two thousand million ids would come there too: the sequence is set to its end after the first one.
  const v7 = (options: uuid.Version7Options & { seq: number }) => {
    const id = uuid.v7(options)
    options.seq = 0xffffffff
    return id
  }
  const { newId } = await t.mockImport<typeof import('../lib/id.ts')>('../lib/id.ts', { uuid: { v7 } })
  const now = Date.now()
  const ids = [newId(now), newId(now), newId(now - 1), newId(now)]
  t.strictSame(ids.toSorted(), ids)
  t.equal(new Set(ids).size, 4)
})

t.test('a request id is 1 to 64 harmless characters and nothing else', async () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 80, unit: 'binary' }), (text) => {
      if (
        isRequestId(text) !== /^[A-Za-z0-9_.-]{1,64}$/.test(text) ||
        (isRequestId(text) && text.includes('\n'))
      )
        throw new Error(JSON.stringify(text))
    }),
    {
      numRuns: 2000,
      examples: [
        [''],
        ['a'.repeat(64)],
        ['a'.repeat(65)],
        ['a\n'],
        ['Az09_.-'],
        ['ä'],
        ['`'],
        ['@'],
        ['['],
        ['/'],
      ],
    },
  )
})
