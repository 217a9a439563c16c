/**
 * Somebody who has broken in: knows the formats byte by byte, holds the key of the next group and can write every
 * file. Written after docs/format.md, with nothing of hushlog's own.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256'))

export function hashOf(bytes) {
  return sha256(bytes).digest('hex')
}

export function prevOf(line) {
  return line === undefined ? '0'.repeat(64) : sha256('hushlog/v1/entry\n', line).digest('hex')
}

export function newKey() {
  return keyFrom(generateKeyPairSync('ed25519').privateKey)
}

export function currentKey(dir) {
  return keyFrom(createPrivateKey(readFileSync(join(dir, 'keys', 'current'))))
}

function keyFrom(privateKey) {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  return { privateKey, publicKey: Buffer.from(x, 'base64url').toString('base64') }
}

export function putCurrentKey(dir, { privateKey }) {
  writeFileSync(join(dir, 'keys', 'current'), privateKey.export({ type: 'pkcs8', format: 'pem' }), {
    mode: 0o600,
  })
}

export function originOf(lines) {
  const { key } = JSON.parse(lines[0])
  return `hushlog/${hashOf(Buffer.from(key, 'base64')).slice(0, 16)}`
}

/** The text that a seal without its signature stands for. */
export function signedText(unsigned, origin) {
  const { n, at } = JSON.parse(unsigned)
  return `${origin}\n${n + 1}\n${sha256('hushlog/v1/seal\n', unsigned).digest('base64')}\n${at}\n`
}

/** A line with this number and this line before it; what is no seal any more is signed by nobody. */
export function relinked(line, n, before) {
  return JSON.stringify({ ...JSON.parse(line), n, prev: prevOf(before) })
}

/**
 * The ledger from line `from` on, made again so that everything fits: numbers, hashes, and signatures by the key that
 * `signerOf` gives for each group, which names the one that `nextOf` gives.
 */
export function remade(lines, from, { signerOf, nextOf }) {
  const done = lines.slice(0, from)
  for (const line of lines.slice(from)) {
    const { sig, ...entry } = JSON.parse(relinked(line, done.length, done.at(-1)))
    done.push(
      sig === undefined
        ? JSON.stringify(entry)
        : sealed(entry, signerOf(entry), nextOf(entry), originOf(done)),
    )
  }
  return done
}

function sealed(entry, signer, next, origin) {
  const unsigned = JSON.stringify({ ...entry, next })
  const sig = sign(undefined, Buffer.from(signedText(unsigned, origin)), signer.privateKey).toString('base64')
  return JSON.stringify({ ...JSON.parse(unsigned), sig })
}

/** A group behind the last line, signed as `remade` signs. */
export function continued(lines, facts, keys) {
  const { at } = JSON.parse(lines.at(-1))
  const more = [...facts, { kind: 'seal', next: '', sig: '' }].map((fact) =>
    JSON.stringify({ v: 1, n: 0, prev: '', at, ...fact }),
  )
  return remade([...lines, ...more], lines.length, keys)
}

export function sealsIn(lines) {
  return lines.flatMap((line, n) => (JSON.parse(line).kind === 'seal' ? [n] : []))
}

/** The number of the line at which the group of a line begins. */
export function groupBegin(lines, n) {
  return Math.max(
    0,
    ...sealsIn(lines)
      .filter((seal) => seal < n)
      .map((seal) => seal + 1),
  )
}
