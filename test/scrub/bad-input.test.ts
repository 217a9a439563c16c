import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'
import { scrubStream } from '../../lib/scrub/stream.ts'
import { logger } from '../helpers.ts'

const MB = 1024 * 1024
const SECRET = 'invented0hunter2secret'
const TOKEN = `ghp_${'Invented0'.repeat(4)}`

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Memory outside the heap is given back in a second turn. */
async function memory(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect()
    await nextTurn()
  }
  return process.memoryUsage().arrayBuffers
}

/** 50 MB without a line end, with a secret every 300 KB. */
function hugeLine(): string {
  const filler = 'lorem ipsum dolor, sit = amet: '.repeat(9973)
  return `${filler}password=${SECRET}, `.repeat(Math.ceil((50 * MB) / filler.length))
}

t.test('a line of 50 MB is cut like any other, and nothing of it is kept afterwards', async (t) => {
  const text = hugeLine()
  const secrets = text.split(SECRET).length - 1
  const { log, text: written } = logger(t, {
    scrub: { env: false },
    storage: { durability: 'line', maxSize: '1 GB' },
  })
  log.info('warm')
  const before = await memory()
  log.info(text)
  log.info('after')
  t.ok((await memory()) - before < MB, 'the memory is free again')
  const [, line, after] = written().split('\n')
  t.equal(JSON.parse(line).msg, text.replaceAll(SECRET, '[SECRET:password]'))
  t.equal(JSON.parse(after).msg, 'after')

  const scrub = createScrubber({ env: false })
  t.equal(scrub.text(text), text.replaceAll(SECRET, '[SECRET:password]'))
  t.equal(scrub.counts().password, secrets)
})

t.test('a stream holds no more than its window of a line of 50 MB', async (t) => {
  const chunk = Buffer.from(hugeLine().slice(0, 10 * MB))
  const stream = scrubStream({ env: false })
  let [sent, held, leaked, out] = [0, 0, false, 0]
  stream.on('data', (bytes: Buffer) => {
    out += bytes.length
    leaked ||= bytes.includes(SECRET)
  })
  for (let round = 0; round < 5; round++) {
    for (let at = 0; at < chunk.length; at += 65536) {
      const part = chunk.subarray(at, at + 65536)
      sent += part.length
      if (!stream.write(part)) await once(stream, 'drain')
      held = Math.max(held, sent - out)
    }
  }
  stream.end()
  await once(stream, 'end')
  t.notOk(leaked)
  t.ok(held < 2 * MB, `${held} bytes were held at most`)
})

t.test('characters that are none hide no secret', async (t) => {
  const { log, text, lines } = logger(t, { scrub: { env: false }, storage: { durability: 'line' } })
  const scrub = createScrubber({ env: false })
  const bad = [
    '\u0000',
    '\ud800',
    '\udc00',
    '\ufffd',
    '\ufeff',
    '\u202e',
    '\u0085',
    '\u007f',
    '\u0000\u0000\ud83d',
  ]
  let logged = 0
  for (const joint of bad) {
    for (const leak of [
      `password=${SECRET}`,
      `token: "${SECRET}"`,
      TOKEN,
      `https://ada:${SECRET}@db.example/`,
    ]) {
      for (const sample of [
        `${joint}${leak}${joint}`,
        `a${joint} ${leak} ${joint}b`,
        `${joint}\n${leak}${joint}`,
      ]) {
        t.notMatch(scrub.text(sample), /0hunter2|Invented0/, JSON.stringify(sample))
        t.notMatch(JSON.stringify(scrub.value({ note: sample })), /0hunter2|Invented0/)
        log.info({ note: sample }, sample)
        log.info({ [sample]: 1, err: new Error(sample) })
        logged += 2
      }
    }
  }
  t.notMatch(text(), /0hunter2|Invented0/)
  t.equal(lines().length, logged, 'every line is JSON')
})

t.test('bytes that are no UTF-8 hide no secret from a stream, however it is chunked', async (t) => {
  const bad = [[0xff], [0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x92], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0]]
  for (const joint of bad.map((bytes) => Buffer.from(bytes))) {
    const bytes = Buffer.concat([
      joint,
      Buffer.from(` password=${SECRET}`),
      joint,
      Buffer.from(`\n${TOKEN}\n`),
      joint,
    ])
    for (const size of [1, 7, bytes.length]) {
      const stream = scrubStream({ env: false })
      for (let at = 0; at < bytes.length; at += size) stream.write(bytes.subarray(at, at + size))
      stream.end()
      const out = Buffer.concat(await stream.toArray())
      t.notMatch(
        out.toString('latin1'),
        /0hunter2|Invented0/,
        `${joint.toString('hex')} in chunks of ${size}`,
      )
      t.ok(
        out.subarray(0, joint.length).equals(joint) && out.subarray(-joint.length).equals(joint),
        'the bytes pass',
      )
    }
  }
})
