/**
 * What stands on the disk, read with nothing of hushlog's own: files, lines, ledger.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** All files of a directory, as they are, and the compressed ones as what they hold. */
export function filesIn(dir) {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) => {
      const bytes = read(path)
      if (bytes === undefined) return []
      return [
        { path: path.slice(dir.length + 1), bytes, plain: path.endsWith('.gz') ? gunzipSync(bytes) : bytes },
      ]
    })
}

/** A segment may be sealed while we look: then it is found there the next time. */
function read(path) {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

/** The lines of all segments, sealed or still open. */
export function linesIn(files) {
  return files
    .filter(({ path }) => path.startsWith('sealed/') || path.startsWith('open/'))
    .flatMap(({ plain }) => plain.toString().split('\n').slice(0, -1))
}

/** How often each text occurs in the plain content of the files; only texts that do. */
export function occurrences(files, texts) {
  const found = new Map()
  for (const text of texts) {
    const count = files.reduce((sum, { plain }) => sum + countOf(plain, Buffer.from(text)), 0)
    if (count > 0) found.set(text, count)
  }
  return found
}

function countOf(bytes, wanted) {
  let count = 0
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) count++
  return count
}

/** The names of a JSON object's own members, as often as they stand there. JSON.parse would hide a second one. */
export function memberNames(line) {
  const names = []
  let depth = 0
  for (let i = 0; i < line.length; i++) {
    const character = line[i]
    if (character === '"') {
      const end = stringEnd(line, i)
      if (depth === 1 && line[end + 1] === ':') names.push(JSON.parse(line.slice(i, end + 1)))
      i = end
    } else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
  }
  return names
}

function stringEnd(line, start) {
  let end = start + 1
  while (end < line.length && line[end] !== '"') end += line[end] === '\\' ? 2 : 1
  return end
}

/** What is wrong with a line, or nothing: it must be JSON, with each name once, operation and reqId among them. */
export function problemOf(line) {
  let record
  try {
    record = JSON.parse(line)
  } catch {
    return 'is no JSON'
  }
  const names = memberNames(line)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) return `has "${twice}" twice`
  return ['time', 'operation', 'reqId', 'msg'].map((name) => lack(record, name)).find(Boolean)
}

function lack(record, name) {
  return typeof record[name] === 'string' && record[name] !== '' ? undefined : `has no ${name}`
}

export function ledgerIn(files) {
  const ledger = files.find(({ path }) => path.startsWith('ledger/') && path.endsWith('.jsonl'))
  return (ledger?.plain.toString().split('\n') ?? []).filter((line) => line !== '')
}

/** Whether each entry bears the hash of the one before it, each group is signed, and each sealed file is listed. */
export function checkLedger(entries, files) {
  let previous = '0'.repeat(64)
  let key
  let name
  for (const line of entries) {
    const entry = JSON.parse(line)
    if (entry.prev !== previous) return `entry ${entry.n} does not follow from the one before`
    previous = sha256(`hushlog/v1/entry\n${line}`)
    if (entry.kind === 'genesis') {
      key = entry.key
      name = `hushlog/${sha256(Buffer.from(key, 'base64')).slice(0, 16)}`
    }
    if (entry.kind !== 'seal') continue
    if (!isSigned(entry, line, name, key)) return `entry ${entry.n} has a wrong signature`
    key = entry.next
  }
  const listed = new Map(segmentsOf(entries).map((entry) => [entry.path, entry]))
  const sealed = files.filter(({ path }) => path.startsWith('sealed/'))
  for (const { path, bytes, plain } of sealed) {
    const entry = listed.get(path)
    if (entry === undefined) return `${path} is not listed`
    if (entry.sha256 !== sha256(bytes) || entry.plainSha256 !== sha256(plain)) return `${path} was changed`
  }
  return listed.size === sealed.length ? undefined : 'a listed segment is missing'
}

/** As docs/format.md describes it. */
function isSigned({ n, at, sig }, line, name, key) {
  const unsigned = line.replace(`,"sig":${JSON.stringify(sig)}}`, '}')
  const root = Buffer.from(sha256(`hushlog/v1/seal\n${unsigned}`), 'hex').toString('base64')
  const x = Buffer.from(key, 'base64').toString('base64url')
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const text = `${name}\n${n + 1}\n${root}\n${at}\n`
  return verify(undefined, Buffer.from(text), publicKey, Buffer.from(sig, 'base64'))
}

export function segmentsOf(entries) {
  return entries.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'segment')
}

function sha256(content) {
  return createHash('sha256').update(content).digest('hex')
}
