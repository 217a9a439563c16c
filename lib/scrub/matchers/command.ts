/**
 * Passwords that commands take without a name of their own: `mysql -uroot -phunter2`, `sshpass -p'hunter2'`,
 * `net user ada hunter2 /add`.
 */
import {
  APOSTROPHE,
  BACKSLASH,
  BLANK,
  bytesOf,
  COLON,
  DASH,
  indexOfByte,
  isDigit,
  lower,
  QUOTE,
  SLASH,
  startsWithWord,
} from '../bytes.ts'
import type { Line } from '../line.ts'
import { textRunEnd } from './text-run.ts'
import { cutValue } from './value.ts'

const LOOK_BACK = 256
/** Commands whose `-p` has its value right behind it. */
const COMMANDS = ['mysql', 'mariadb', 'sshpass', 'mongo'].map(bytesOf)
const NET_USER = bytesOf('net user ')

/** Looks at a `-p` or at `net user` and cuts the password behind it. Returns where to go on. */
export function cutCommand(line: Line, at: number): number {
  return lower(line.bytes[at]) === NET_USER[0] ? cutNetUser(line, at) : cutAttached(line, at)
}

function cutAttached(line: Line, at: number): number {
  const { bytes, start, end } = line
  let from = at
  while (bytes[from] !== DASH) from++
  from += 2
  const isQuoted = bytes[from] === APOSTROPHE
  if (isQuoted) from++
  if (from >= end || bytes[from] === BLANK || bytes[from] === QUOTE || bytes[from] === BACKSLASH)
    return at + 1
  if (!isAfterCommand(bytes, at, start)) return at + 1
  const to = textRunEnd(line, from, end)
  if (!isPort(bytes, from, to)) cutValue(line, from, to, line.rules.passwordRow)
  return Math.max(to, at + 1)
}

/** `docker run -p3306:3306 mysql`. */
function isPort(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!isDigit(bytes[at]) && bytes[at] !== COLON) return false
  return indexOfByte(bytes, COLON, from, to) !== -1
}

function isAfterCommand(bytes: Uint8Array, at: number, start: number): boolean {
  const first = Math.max(start, at - LOOK_BACK)
  for (let back = at; back >= first; back--) {
    if (COMMANDS.some((word) => startsWithWord(bytes, back, at, word))) return true
  }
  return false
}

/** `net user NAME PASSWORD`, where options begin with a slash. */
function cutNetUser(line: Line, at: number): number {
  const { bytes, end } = line
  const user = at + NET_USER.length
  const userEnd = textRunEnd(line, user, end)
  if (userEnd === user || bytes[user] === SLASH || bytes[userEnd] !== BLANK) return at + 1
  const from = userEnd + 1
  const to = textRunEnd(line, from, end)
  if (to === from || bytes[from] === SLASH || bytes[from] === 0x2a || !isFollowedByOption(bytes, to, end))
    return at + 1
  cutValue(line, from, to, line.rules.passwordRow)
  return to
}

function isFollowedByOption(bytes: Uint8Array, at: number, end: number): boolean {
  return at + 1 < end && bytes[at] === BLANK && bytes[at + 1] === SLASH
}
