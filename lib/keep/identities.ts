/**
 * Files of identities as age writes them: a secret key a line, comments and empty lines between them; or such a text
 * encrypted with a passphrase, in binary or armored.
 */
import type { HushlogError } from '../errors.ts'
import { keyFailure, readPrivate } from './private-file.ts'

const MAGIC = 'age-encryption.org/v1\n'
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----'

/**
 * @param passphrase asked for each file that is protected by one
 * @throws HushlogError `HUSHLOG_KEY` for a file that holds none, that others may read, or whose passphrase is another
 */
export async function loadIdentities(
  paths: readonly string[],
  passphrase: (path: string) => Promise<string>,
): Promise<string[]> {
  const identities: string[] = []
  for (const path of paths) identities.push(...(await identitiesIn(path, passphrase)))
  return [...new Set(identities)]
}

async function identitiesIn(path: string, passphrase: (path: string) => Promise<string>): Promise<string[]> {
  const bytes = await readPrivate(path)
  const text = bytes.toString('latin1')
  if (text.startsWith(MAGIC)) return parsed(path, await unlocked(path, bytes, await passphrase(path)))
  if (!text.trimStart().startsWith(ARMOR)) return parsed(path, text)
  return parsed(path, await unlocked(path, await unarmored(path, text), await passphrase(path)))
}

async function unarmored(path: string, text: string): Promise<Uint8Array> {
  const { armor } = await import('age-encryption')
  try {
    return armor.decode(text)
  } catch {
    throw keyFailure(path, 'is damaged: its armor is broken')
  }
}

async function unlocked(path: string, bytes: Uint8Array, passphrase: string): Promise<string> {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  let isWrong = false
  // Asked last, when the passphrase could not unwrap the file's key.
  decrypter.addIdentity({
    unwrapFileKey: () => {
      isWrong = true
      return null
    },
  })
  try {
    return await decrypter.decrypt(bytes, 'text')
  } catch {
    throw keyFailure(path, isWrong ? 'is not opened by this passphrase' : 'was changed or cut off')
  }
}

async function parsed(path: string, text: string): Promise<string[]> {
  const { identityToRecipient } = await import('age-encryption')
  const identities: string[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const identity = line.trim()
    if (identity === '' || identity.startsWith('#')) continue
    const isOne = await identityToRecipient(identity).then(
      () => true,
      () => false,
    )
    if (!isOne) throw noIdentity(path, index + 1, identity)
    identities.push(identity)
  }
  if (identities.length === 0) throw keyFailure(path, 'holds no identity', HINT)
  return identities
}

const HINT = 'it takes what hushlog keygen or age-keygen writes: AGE-SECRET-KEY-…'

/** Nothing of the line is shown but that it is the public part: what looks like a key may be one. */
function noIdentity(path: string, line: number, text: string): HushlogError {
  return text.startsWith('age1')
    ? keyFailure(
        path,
        `has a recipient in line ${line}`,
        'that is the public part; the identity opens segments',
      )
    : keyFailure(path, `has no identity in line ${line}`, HINT)
}

/** A new identity, and the recipient that belongs to it. */
export async function generateIdentity(
  isPostQuantum: boolean,
): Promise<{ identity: string; recipient: string }> {
  const { generateHybridIdentity, generateX25519Identity, identityToRecipient } = await import(
    'age-encryption'
  )
  const identity = await (isPostQuantum ? generateHybridIdentity() : generateX25519Identity())
  return { identity, recipient: await identityToRecipient(identity) }
}

/** A text as an armored age file that a passphrase opens. */
export async function protectedBy(passphrase: string, text: string): Promise<string> {
  const { armor, Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  return armor.encode(await encrypter.encrypt(text))
}
