/**
 * The format of sealed segments: members and index of gzip, the payload of age, whoever it is encrypted to, and what a
 * reader says of files that are damaged.
 */
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { armor, Decrypter, Encrypter } from 'age-encryption'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { PayloadEncrypter, PayloadReader } from '../../lib/keep/age-payload.ts'
import { isEncrypted } from '../../lib/keep/decryption.ts'
import { encryptionTo } from '../../lib/keep/encryption.ts'
import { indexMembers, MEMBER_SIZE, packMember, readIndex } from '../../lib/keep/gzip-members.ts'
import { generateIdentity, loadIdentities, protectedBy } from '../../lib/keep/identities.ts'
import { Ledger } from '../../lib/keep/ledger.ts'
import type { RandomAccess } from '../../lib/keep/random-access.ts'
import { checkRecipients } from '../../lib/keep/recipients.ts'
import { seal } from '../../lib/keep/seal.ts'
import { openSealed } from '../../lib/keep/sealed-file.ts'
import { folder } from '../helpers.ts'
import { logDirectory } from '../store/helpers.ts'
import { endedSegment } from './helpers.ts'

const PAIRS = [await generateIdentity(false), await generateIdentity(false), await generateIdentity(true)]
const [ADA, EVE, LATER] = PAIRS as [Pair, Pair, Pair]
type Pair = { identity: string; recipient: string }

/** Bytes of all kinds, in lines, that end with one. */
function linesOf(length: number, seed = 0): Buffer {
  const bytes = Buffer.alloc(length)
  for (let i = 0, x = seed + 1; i < length; i++) {
    x = Math.imul(x, 1103515245) + 12345
    bytes[i] = i % 61 === 60 ? 0x0a : x >>> 16
  }
  if (length > 0) bytes[length - 1] = 0x0a
  return bytes
}

async function sealed(t: Test, text: Buffer, recipients: string[] = []): Promise<string> {
  const dir = logDirectory(t)
  const path = endedSegment(dir, '')
  writeFileSync(path, text)
  const { path: place } = await seal(new Ledger(dir), path, 'size', { recipients })
  return join(dir, place as string)
}

async function textOf(path: string, identities: string[] = []): Promise<Buffer> {
  const file = await openSealed(path, identities)
  try {
    const chunks: Buffer[] = []
    for await (const chunk of file.text()) chunks.push(chunk)
    return Buffer.concat(chunks)
  } finally {
    await file.close()
  }
}

async function membersOf(path: string, identities: string[] = []): Promise<Buffer[]> {
  const file = await openSealed(path, identities)
  try {
    // From the end, so that none can lean on those before it.
    const members = [...(file.members ?? []).keys()].reverse()
    const texts: Buffer[] = []
    for (const index of members) texts.unshift(await file.member(index))
    return texts
  } finally {
    await file.close()
  }
}

const EDGES = [0, 1, 65_535, 65_536, 65_537, MEMBER_SIZE]

t.test('what was sealed is read as it was, whole and by members, and any gunzip reads it', async (t) => {
  const sizes = fc.tuple(
    fc.integer({ min: 0, max: 2 }),
    fc.constantFrom(...EDGES),
    fc.integer({ min: -2, max: 2 }),
  )
  const property = fc.asyncProperty(
    sizes,
    fc.nat(1000),
    fc.boolean(),
    async ([members, edge, off], seed, plain) => {
      const text = linesOf(Math.max(1, members * MEMBER_SIZE + edge + off), seed)
      const path = await sealed(t, text, plain ? [] : [ADA.recipient, EVE.recipient])
      const identities = plain ? [] : [seed % 2 === 0 ? ADA.identity : EVE.identity]
      const parts = await membersOf(path, identities)
      const bytes = readFileSync(path)
      const gzip = plain ? bytes : Buffer.from(await decrypter(ADA).decrypt(bytes))
      return (
        text.equals(await textOf(path, identities)) &&
        text.equals(Buffer.concat(parts)) &&
        parts.slice(0, -1).every((part) => part.length === MEMBER_SIZE) &&
        text.equals(gunzipSync(gzip))
      )
    },
  )
  await fc.assert(property, { numRuns: 40 })
})

function decrypter({ identity }: Pair): Decrypter {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return decrypter
}

t.test('the same text gives the same bytes, and gzip -t and zcat take them', async (t) => {
  const text = linesOf(700_000)
  const [one, other] = [await sealed(t, text), await sealed(t, text)]
  t.ok(readFileSync(one).equals(readFileSync(other)))
  t.strictSame([...readFileSync(one).subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff])
  t.equal(spawnSync('gzip', ['-t', one]).stderr.toString(), '')
  t.ok(spawnSync('zcat', [one], { maxBuffer: 1 << 24 }).stdout.equals(text))
})

function inMemory(bytes: Buffer): RandomAccess {
  return { size: bytes.length, read: async (start, length) => bytes.subarray(start, start + length) }
}

t.test('an index of many members is read back, and subfields of other kinds are passed over', async (t) => {
  const packed = await packMember(Buffer.from('line\n'))
  const rows = Array.from({ length: 10_000 }, (_, i) => ({ packed: packed.length, plain: 5 + (i % 3) }))
  const text = Buffer.concat(rows.map(() => packed))
  const members = await readIndex(inMemory(Buffer.concat([text, indexMembers(rows)])))
  t.equal(members?.length, 10_000)
  t.match(members?.[9_999], {
    start: 9_999 * packed.length,
    at: rows.slice(0, -1).reduce((s, r) => s + r.plain, 0),
  })
  const index = indexMembers(rows.slice(0, 2))
  const foreign = Buffer.concat([
    index.subarray(0, 10),
    Buffer.from([6, 0, 0x48, 0x42, 2, 0, 9, 9]),
    Buffer.alloc(10),
  ])
  foreign[18] = 3
  for (const at of [0, index.length - 42]) {
    const file = [packed, packed, index.subarray(0, at), foreign, index.subarray(at)]
    t.equal((await readIndex(inMemory(Buffer.concat(file))))?.length, 2, `before byte ${at} of the index`)
  }
  t.equal(gunzipSync(Buffer.concat([packed, foreign, index])).toString(), 'line\n')
})

t.test('an index that lies is refused, and a file without one is read as a whole', async (t) => {
  const dir = folder(t)
  const packed = await packMember(Buffer.from('line\n'))
  const row = { packed: packed.length, plain: 5 }
  const place = join(dir, 'x.log.gz')
  const written = (...parts: Buffer[]) => writeFileSync(place, Buffer.concat(parts))
  const wrong = [
    [{ ...row, plain: 6 }],
    [{ ...row, plain: 4 }],
    [{ packed: 1, plain: 1 }],
    [row, row],
    [{ ...row, plain: 0 }],
    [{ ...row, plain: 0xffffffff }],
  ]
  for (const rows of wrong) {
    written(packed, indexMembers(rows))
    await t.rejects(membersOf(place), { code: 'HUSHLOG_READ' }, JSON.stringify(rows))
  }
  written(packed, indexMembers([row]).subarray(0, 20), indexMembers([row]).subarray(30))
  await t.rejects(openSealed(place), {
    code: 'HUSHLOG_READ',
    message: `cannot read ${place}: its index does not fit it`,
  })
  const far = indexMembers([row])
  far.writeBigUInt64LE(1n << 60n, far.length - 26)
  written(packed, far)
  await t.rejects(openSealed(place), { code: 'HUSHLOG_READ' })
  writeFileSync(place, gzipSync('line\n'))
  const old = await openSealed(place)
  t.equal(old.members, undefined)
  await t.rejects(old.member(0), { code: 'HUSHLOG_READ', message: /it has no member 0/ })
  await old.close()
  t.equal((await textOf(place)).toString(), 'line\n')
})

/** Every byte of a small file, and some of a large one, changed in one bit. */
function* flipped(bytes: Buffer, step: number): Generator<{ at: number; changed: Buffer }> {
  for (let at = 0; at < bytes.length; at += step) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] as number) ^ (1 << (at % 8))
    yield { at, changed }
  }
}

t.test('any flipped byte of an encrypted segment is refused', async (t) => {
  for (const [text, recipients, step] of [
    [Buffer.from('one\ntwo\n'), [ADA.recipient, EVE.recipient], 1],
    [linesOf(200_000), [ADA.recipient], 4999],
    [Buffer.from('one\n'), [LATER.recipient], 37],
  ] as const) {
    const path = await sealed(t, text, [...recipients])
    const identities = recipients[0] === LATER.recipient ? [LATER.identity] : [ADA.identity]
    const bytes = readFileSync(path)
    const copy = join(folder(t), 'copy.log.gz.age')
    const taken: number[] = []
    for (const { at, changed } of flipped(bytes, step)) {
      writeFileSync(copy, changed)
      const error = await textOf(copy, identities).then(
        () => undefined,
        (error) => error,
      )
      if (error?.code !== 'HUSHLOG_READ' && error?.code !== 'HUSHLOG_KEY') taken.push(at)
    }
    t.strictSame(taken, [], `${recipients.length} recipients, ${bytes.length} bytes`)
  }
})

t.test('an encrypted segment that was cut off is refused wherever that was', async (t) => {
  const text = linesOf(400_000)
  const path = await sealed(t, text, [ADA.recipient])
  const bytes = readFileSync(path)
  const header = bytes.indexOf('\n', bytes.indexOf('\n--- ') + 1) + 1
  const chunks = [0, 1, 2, 3].map((n) => header + 16 + n * 65_552)
  const copy = join(folder(t), 'copy.log.gz.age')
  for (const end of [
    0,
    10,
    22,
    header - 1,
    header,
    header + 15,
    ...chunks.flatMap((at) => [at, at + 16, at + 17]),
    bytes.length - 1,
  ]) {
    writeFileSync(copy, bytes.subarray(0, end))
    await t.rejects(textOf(copy, [ADA.identity]), { code: 'HUSHLOG_READ' }, `${end} of ${bytes.length} bytes`)
  }
  writeFileSync(copy, Buffer.concat([bytes, Buffer.from([0])]))
  await t.rejects(textOf(copy, [ADA.identity]), { code: 'HUSHLOG_READ' })
})

t.test('without the right identity an encrypted segment stays shut, and the error says so', async (t) => {
  const path = await sealed(t, Buffer.from('one\n'), [ADA.recipient])
  await t.rejects(openSealed(path), { code: 'HUSHLOG_KEY', message: `cannot read ${path}: it is encrypted` })
  await t.rejects(openSealed(path, [EVE.identity]), {
    code: 'HUSHLOG_KEY',
    message: `cannot decrypt ${path}: the identity does not open it`,
  })
  await t.rejects(openSealed(path, [EVE.identity, LATER.identity]), {
    message: /none of 2 identities opens it/,
  })
  t.equal((await textOf(path, [EVE.identity, ADA.identity])).toString(), 'one\n')
  const link = `${path}.link`
  symlinkSync(path, link)
  await t.rejects(openSealed(link, [ADA.identity]), { code: 'HUSHLOG_READ', message: /ELOOP/ })
  await t.rejects(openSealed(folder(t)), { code: 'HUSHLOG_READ', message: /no regular file/ })
})

t.test('our payload and the library’s are the same, in chunks of any size', async (t) => {
  const property = fc.asyncProperty(
    fc.constantFrom(...EDGES, 3 * 65_536),
    fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 5 }),
    async (length, cuts) => {
      const text = randomBytes(length)
      const encryption = await encryptionTo([ADA.recipient])
      const parts = [encryption.begin()]
      let at = 0
      for (const cut of [...cuts, length])
        parts.push(encryption.push(text.subarray(at, (at = Math.min(length, at + cut)))))
      parts.push(encryption.push(text.subarray(at)), encryption.end())
      return text.equals(await decrypter(ADA).decrypt(Buffer.concat(parts)))
    },
  )
  await fc.assert(property, { numRuns: 40 })
  const dir = folder(t)
  for (const length of [...EDGES, 3 * 65_536]) {
    const text = linesOf(length)
    const encrypter = new Encrypter()
    encrypter.addRecipient(ADA.recipient)
    const path = join(dir, `${length}.age`)
    writeFileSync(path, await encrypter.encrypt(gzipSync(text)))
    t.ok(text.equals(await textOf(path, [ADA.identity])), `${length} bytes`)
  }
})

t.test(
  'a payload can be read anywhere, and what the file holds is in no order of reading another',
  async (t) => {
    const key = randomBytes(32)
    const text = randomBytes(200_000)
    const payload = new PayloadEncrypter(key)
    const file = inMemory(Buffer.concat([Buffer.alloc(7), payload.push(text), payload.end()]))
    const reader = new PayloadReader(file, 7, key)
    t.equal(reader.size, text.length)
    const property = fc.asyncProperty(fc.nat(210_000), fc.nat(150_000), async (start, length) =>
      text.subarray(start, start + length).equals(await reader.read(start, length)),
    )
    await fc.assert(property)
    t.equal(await isEncrypted(file), false)
  },
)

t.test('recipients are checked, those that stand there twice dropped, and none is ever shown', async (t) => {
  const option = 'storage.encryptTo'
  t.strictSame(checkRecipients(ADA.recipient, option), [ADA.recipient])
  t.strictSame(checkRecipients([` ${ADA.recipient}\n`, ADA.recipient, EVE.recipient], option), [
    ADA.recipient,
    EVE.recipient,
  ])
  t.strictSame(checkRecipients([LATER.recipient], option), [LATER.recipient])
  t.strictSame(checkRecipients([], option), [])
  const typo = ADA.recipient.replace(/.$/, (last) => (last === 'q' ? 'p' : 'q'))
  const wrong: [string | string[], RegExp][] = [
    [typo, /takes recipients as age writes them: .*, got text of 62 characters that is none$/],
    ['age1', /got text of 4 characters that is none$/],
    [ADA.recipient.toUpperCase(), /that is none$/],
    ['ssh-ed25519 AAAA', /that is none$/],
    [ADA.identity, /got a secret key \(not shown\)$/],
    [`my key: ${ADA.identity.toLowerCase()}`, /got a secret key \(not shown\)$/],
    [LATER.identity, /got a secret key \(not shown\)$/],
    [
      [ADA.recipient, LATER.recipient],
      /takes recipients of one kind, got X25519 and post-quantum recipients together$/,
    ],
  ]
  for (const [given, message] of wrong) {
    const error = t.throws(() => checkRecipients(given, option), {
      code: 'HUSHLOG_OPTION',
      message,
    }) as Error & { hint: string }
    t.match(error.message, /^option storage\.encryptTo /)
    t.ok(error.hint)
    for (const text of [given].flat())
      t.notOk(text.length > 20 && `${error.message}${error.hint}`.includes(text.slice(8, 20)))
  }
  const many = await Promise.all(
    Array.from({ length: 33 }, async () => (await generateIdentity(false)).recipient),
  )
  t.throws(() => checkRecipients(many, option), { message: /takes 32 recipients at most, got 33 of them/ })
})

t.test('every recipient that we take the library takes, whatever letters stand in it', async (t) => {
  const letters = fc.constantFrom(...'qpzry9x8gf2tvdw0s3jn54khce6mua7l1bAg')
  const property = fc.property(fc.nat(61), letters, (at, letter) => {
    const text = ADA.recipient.slice(0, at) + letter + ADA.recipient.slice(at + 1)
    const accepts = (check: () => unknown) => {
      try {
        check()
        return true
      } catch {
        return false
      }
    }
    return accepts(() => checkRecipients(text, 'x')) === accepts(() => new Encrypter().addRecipient(text))
  })
  fc.assert(property, { numRuns: 500 })
  t.pass('none differed')
})

t.test('identities are read from files as age writes them, with a passphrase or without', async (t) => {
  const dir = folder(t)
  const text = `# created: now\n\n# public key: x\n${ADA.identity}\r\n${LATER.identity}\n${ADA.identity}`
  const put = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(dir, name), content, { mode: 0o600 })
    return join(dir, name)
  }
  const passphrase = 'correct horse battery'
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  encrypter.setScryptWorkFactor(10)
  const binary = await encrypter.encrypt(text)
  const asked: string[] = []
  const ask = async (path: string) => {
    asked.push(path)
    return passphrase
  }
  const both = [ADA.identity, LATER.identity]
  t.strictSame(await loadIdentities([put('plain', text)], ask), both)
  t.strictSame(asked, [])
  const [bin, armored] = [put('binary', binary), put('armored', armor.encode(binary))]
  t.strictSame(await loadIdentities([bin, armored], ask), both)
  t.strictSame(asked, [bin, armored])
  t.strictSame(await loadIdentities([put('ours', await protectedBy(passphrase, text))], ask), both)
  await t.rejects(
    loadIdentities([bin], async () => 'another passphrase'),
    { code: 'HUSHLOG_KEY', message: `key file ${bin} is not opened by this passphrase` },
  )
  const cut = put('cut', binary.subarray(0, -1))
  const broken = put('broken', armor.encode(binary).replace('END AGE', 'END'))
  const wrong: [string, RegExp][] = [
    [cut, /was changed or cut off/],
    [broken, /is damaged: its armor is broken/],
    [put('empty', '# nothing\n'), /holds no identity/],
    [put('public', `${ADA.recipient}\n`), /has a recipient in line 1/],
    [put('typo', `#\n${ADA.identity.slice(0, -1)}\n`), /has no identity in line 2/],
    [join(dir, 'none'), /cannot be read: no such file/],
    [dir, /is no regular file/],
    [put('large', 'x'.repeat(1024 * 1024 + 1)), /is too large/],
  ]
  for (const [path, message] of wrong) {
    const error = await loadIdentities([path], ask).catch((error) => error)
    t.match(error, { code: 'HUSHLOG_KEY', message })
    t.notMatch(`${error.message} ${error.hint}`, /AGE-SECRET-KEY-(PQ-)?1/)
  }
})

t.test('a key file that others can reach, a link or a pipe is refused', async (t) => {
  const dir = folder(t)
  const path = join(dir, 'key')
  const load = (file: string) => loadIdentities([file], async () => '')
  writeFileSync(path, `${ADA.identity}\n`)
  for (const mode of [0o640, 0o604, 0o610, 0o602]) {
    chmodSync(path, mode)
    await t.rejects(load(path), {
      code: 'HUSHLOG_KEY',
      message: `key file ${path} can be reached by others (mode 0${mode.toString(8)})`,
      hint: `chmod 600 ${path}`,
    })
  }
  chmodSync(path, 0o600)
  t.equal((await load(path)).length, 1)
  symlinkSync(path, join(dir, 'link'))
  await t.rejects(load(join(dir, 'link')), { code: 'HUSHLOG_KEY', message: /it is a symbolic link/ })
  spawnSync('mkfifo', ['-m', '600', join(dir, 'pipe')])
  await t.rejects(load(join(dir, 'pipe')), { code: 'HUSHLOG_KEY', message: /is no regular file/ })
  linkSync(path, join(dir, 'second'))
  await t.rejects(load(path), { code: 'HUSHLOG_KEY', message: /has more than one name/ })
  t.equal(statSync(path).mode & 0o777, 0o600)
})
