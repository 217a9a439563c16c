/**
 * Secrets on command lines and in statements, where nothing but a blank stands before the value:
 * `--password hunter2`, `curl -u ada:hunter2`, `IDENTIFIED BY 'hunter2'`.
 */
import {
  APOSTROPHE,
  atLeftEdge,
  BACKSLASH,
  BLANK,
  bytesOf,
  CLASS,
  COLON,
  DASH,
  indexOfByte,
  isDigit,
  lower,
  NAME,
  OPEN_PAREN,
  QUOTE,
  skip,
  startsWith,
  startsWithWord,
} from '../bytes.ts'
import type { Line } from '../line.ts'
import type { NameBefore } from '../name-before.ts'
import { isAfter } from './heard.ts'
import { cutAt } from './key-value.ts'
import { isDocumentedUser } from './placeholder.ts'
import { readsAsSecret } from './reads.ts'
import { textRunEnd } from './text-run.ts'

const MAX_FLAG = 64
const LONG_ENOUGH = 12

/** Short flags that hold a secret, by the command that they belong to. */
const SHORT_FLAGS: readonly { flag: Uint8Array; commands: readonly Uint8Array[]; afterColon: boolean }[] = [
  { flag: bytesOf('u'), commands: ['curl', 'http ', 'https '].map(bytesOf), afterColon: true },
  { flag: bytesOf('user'), commands: ['curl'].map(bytesOf), afterColon: true },
  { flag: bytesOf('U'), commands: ['curl', 'wget'].map(bytesOf), afterColon: true },
  {
    flag: bytesOf('p'),
    commands: [
      ...[
        'sshpass',
        'docker login',
        'podman login',
        'psexec',
        'az login',
        'oc login',
        'twine',
        'helm registry',
      ],
      ...['mosquitto_', 'nuget ', 'vsql', 'rclone'],
    ].map(bytesOf),
    afterColon: false,
  },
  { flag: bytesOf('a'), commands: ['redis-cli'].map(bytesOf), afterColon: false },
  { flag: bytesOf('a'), commands: ['http ', 'https '].map(bytesOf), afterColon: true },
  { flag: bytesOf('A'), commands: ['snmp'].map(bytesOf), afterColon: false },
  { flag: bytesOf('X'), commands: ['snmp'].map(bytesOf), afterColon: false },
  {
    flag: bytesOf('w'),
    commands: ['ldapsearch', 'ldapmodify', 'ldapadd', 'ldapdelete', 'ldapwhoami', 'ldappasswd'].map(bytesOf),
    afterColon: false,
  },
  {
    flag: bytesOf('P'),
    commands: ['sqlcmd', 'bcp ', 'isql', 'osql', 'tsql', 'mosquitto_'].map(bytesOf),
    afterColon: false,
  },
  { flag: bytesOf('k'), commands: ['openssl'].map(bytesOf), afterColon: false },
  { flag: bytesOf('pw'), commands: ['plink', 'pscp', 'putty'].map(bytesOf), afterColon: false },
  { flag: bytesOf('body'), commands: ['gh secret set'].map(bytesOf), afterColon: false },
]

const LONGEST_SHORT_FLAG = 4

/** A flag whose name is secret, and the value after it. Returns where to go on. */
export function cutFlag(line: Line, at: number, _row: number, name: NameBefore): number {
  const { bytes, start, end } = line
  let from = at
  while (from < end && (bytes[from] === BLANK || bytes[from] === DASH)) from++
  if (from - at > 3 || !startsWord(bytes, at, start)) return at + 1
  const stop = Math.min(end, from + MAX_FLAG)
  let to = from
  while (to < stop && (CLASS[bytes[to]] & NAME) !== 0) to++
  if (to === from || bytes[to] !== BLANK) return at + 1
  const value = skip(bytes, to, end, BLANK)
  if (value === end || bytes[value] === DASH) return at + 1
  const short = shortFlag(line, at, from, to)
  if (short !== undefined) return cutShort(line, value, short.afterColon, name)
  const row = name.verdictOf(bytes, from, to)
  if (row === -1 || line.rules.keyRules[row].pair === true || !looksSecret(line, value)) return at + 1
  name.start = from
  name.end = to
  name.quote = 0
  return Math.max(at + 1, cutAt(line, value, row, name))
}

/**
 * `IDENTIFIED BY '…'`, `PASSWORD '…'`, `PASSWORD('…')`, `the password is "…"`: a phrase and a quoted value; in a .netrc, where
 * `login` stands before, the value has no quotes.
 */
export function cutPhrase(line: Line, at: number, _row: number, name: NameBefore): number {
  const { bytes, end } = line
  let from = at
  while (from < end && bytes[from] !== BLANK && bytes[from] !== OPEN_PAREN) from++
  if (bytes[from] === OPEN_PAREN) from++
  for (const word of LINKS) if (startsWithWord(bytes, from, end, word)) from += word.length - 1
  let value = skip(bytes, from, end, BLANK)
  // SQL's national strings: N'…'.
  if (bytes[value] === 0x4e && bytes[value + 1] === APOSTROPHE) value++
  const opening = skip(bytes, value, end, BACKSLASH)
  const isQuoted = bytes[opening] === QUOTE || bytes[opening] === APOSTROPHE
  if (!isQuoted && !isAfter(line, at, LOGIN) && !isIdentified(line, at, value)) return at + 1
  name.start = at
  name.quote = 0
  const row = line.rules.passwordRow
  return Math.max(at + 1, cutAt(line, value, row, name))
}
const LINKS = [' by ', ' is ', ' was ', ' to '].map(bytesOf)
const LOGIN = [bytesOf('login ')]

/** `IDENTIFIED BY hunter2`, as Oracle takes it. */
function isIdentified(line: Line, at: number, value: number): boolean {
  const { bytes, end } = line
  return lower(bytes[at]) === 0x69 && readsAsSecret(bytes, value, textRunEnd(line, value, end))
}

function startsWord(bytes: Uint8Array, at: number, start: number): boolean {
  return bytes[at] === BLANK || atLeftEdge(bytes, at, start)
}

function shortFlag(
  line: Line,
  at: number,
  from: number,
  to: number,
): (typeof SHORT_FLAGS)[number] | undefined {
  const { bytes } = line
  if (to - from > LONGEST_SHORT_FLAG) return undefined
  return SHORT_FLAGS.find(({ flag, commands }) => {
    if (flag.length !== to - from || !startsWith(bytes, from, to, flag)) return false
    return isAfter(line, at, commands)
  })
}

function cutShort(line: Line, value: number, afterColon: boolean, name: NameBefore): number {
  const { bytes, end, rules } = line
  const row = rules.passwordRow
  const opening = skip(bytes, value, end, BACKSLASH)
  if (line.endsString(value, opening)) return value
  const from = bytes[opening] === QUOTE || bytes[opening] === APOSTROPHE ? opening + 1 : value
  const to = textRunEnd(line, from, end)
  const colon = afterColon ? indexOfByte(bytes, COLON, from, to) : from - 1
  if (colon === -1 || colon + 1 >= to || isDocumentedUser(bytes, from, colon, to)) return value
  name.start = value
  name.quote = 0
  return cutAt(line, colon + 1, row, name)
}

/** Whether a bare word after a flag reads as a value and not as the sentence going on: `--password to set`. */
function looksSecret(line: Line, from: number): boolean {
  const { bytes, end } = line
  const opening = skip(bytes, from, end, BACKSLASH)
  if (bytes[opening] === QUOTE || bytes[opening] === APOSTROPHE) return true
  const to = textRunEnd(line, from, end)
  if (to - from >= LONG_ENOUGH) return true
  for (let at = from; at < to; at++) if (!(bytes[at] >= 0x61 && bytes[at] <= 0x7a)) return true
  const next = skip(bytes, to, end, BLANK)
  return (
    next === end ||
    bytes[next] === DASH ||
    bytes[next] === QUOTE ||
    bytes[next] === BACKSLASH ||
    isDigit(bytes[next])
  )
}
