/**
 * Values that stand for a secret and are none: `${TOKEN}`, `****`, `[REDACTED]`, and words that tell its state.
 */
import {
  BLANK,
  bytesOf,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  DOT,
  isDigit,
  lower,
  OPEN_BRACKET,
  runEnd,
  SETS,
  skip,
  startsWith,
} from '../bytes.ts'
import { Words } from '../words.ts'

const WORDS = new Words(
  (
    'redacted filtered hidden masked removed censored omitted none null undefined nil true false missing invalid ' +
    'required denied expired empty unset ok failed failure success successful granted revoked rejected accepted enabled disabled ' +
    'yes no unknown optional valid *** include same-origin omit read write ' +
    'todo tbd changeme change_me placeholder dummy'
  ).split(' '),
)
const BRACKETED = new Words(
  'redacted filtered hidden masked secret removed censored omitted circular truncated object sensitive'
    .split(' ')
    .concat('sensitive value', 'known after apply', 'not set'),
)

const DOLLAR = 0x24
const LONGEST_TEMPLATE = 80
const LONGEST_COMMAND = 200
const MASKS = new Set([0x2a, 0x2e, 0x78, 0x58, 0x2d, 0x5f])
const SHORTEST_MASK = 3

/** Templates and masks; for values of any kind. */
export function isPlaceholder(bytes: Uint8Array, from: number, to: number): boolean {
  if (to <= from || isMask(bytes, from, to) || isTemplate(bytes, from, to)) return true
  if (to - from < SHORTEST_BRACKETED) return false
  if (isBracketed(bytes, from, to) || isDocumented(bytes, from, to) || isSample(bytes, from, to)) return true
  if (STORES.at(bytes, from, to) > 0 || isAbridged(bytes, from, to)) return true
  return isPath(bytes, from, to) || (to - from <= LONGEST_TEMPLATE && isShouted(bytes, from, to, ASKING))
}

const SHORTEST_BRACKETED = 5

/** Where secret stores keep it. */
const STORES = new Words(
  'op:// vault:// vault:secret/ vault:kv/ awssm:// gsm:// ref+vault:// ref+awssecrets:// ref+gcpsecrets:// {{resolve: ENC['.split(
    ' ',
  ),
  'exact',
)

/** `sk-...abcd`: what is left of a secret that somebody has masked. */
function isAbridged(bytes: Uint8Array, from: number, to: number): boolean {
  const stop = Math.min(to, from + MOST_LEFT + SHORTEST_MASK)
  let dots = from
  while (dots < stop && bytes[dots] !== DOT && bytes[dots] !== STAR) dots++
  const rest = skip(bytes, dots, to, bytes[dots])
  return rest - dots >= SHORTEST_MASK && dots - from + to - rest <= MOST_LEFT
}
const STAR = 0x2a
const MOST_LEFT = 8

/** `/etc/ssl/private/server.key`: where a secret lies. */
function isPath(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from > LONGEST_PATH || PATH_STARTS.at(bytes, from, to) === 0) return false
  if (runEnd(bytes, from + 1, to, SETS.url) !== to) return false
  let dot = to
  while (dot > from && bytes[dot - 1] !== DOT) dot--
  return PATH_ENDS.isWhole(bytes, dot, to)
}
const LONGEST_PATH = 256
const PATH_STARTS = new Words(['/', './', '../', '~/'], 'exact')
const PATH_ENDS = new Words(
  'pem key crt cer der p12 pfx jks keystore json yaml yml toml ini txt conf cfg env pub asc gpg'.split(' '),
)

/**
 * One character for most of the value, or twenty of the alphabet in order: typed by somebody who had no token.
 * Neither happens by chance.
 */
export function isSample(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length < SHORTEST_SAMPLE || length > LONGEST_DOCUMENTED) return false
  if (runEnd(bytes, from, to, SETS.crypt) !== to) return false
  counts.fill(0)
  let most = 0
  let rising = 0
  for (let at = from; at < to; at++) {
    most = Math.max(most, ++counts[lower(bytes[at])])
    rising = at > from && bytes[at] === bytes[at - 1] + 1 ? rising + 1 : 0
    if (rising >= LONGEST_RISE) return true
  }
  return most * 3 >= length * 2 || EXAMPLES.some((text) => endsWith(bytes, from, to, text))
}
/** Documentation's keys end so. */
const EXAMPLES = ['EXAMPLE', 'EXAMPLEKEY'].map(bytesOf)

function endsWith(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  return to - from > text.length && startsWith(bytes, to - text.length, to, text)
}
const counts = new Uint16Array(256)
const SHORTEST_SAMPLE = 16
const LONGEST_RISE = 19

/** `hf_xxxxxxxx`, as documentation writes a token. */
function isDocumented(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  return (
    length >= SHORTEST_DOCUMENTED &&
    length < LONGEST_DOCUMENTED &&
    isMaskByte(bytes[to - 2]) &&
    isDummy(bytes, from + Math.ceil(length / 3), to) &&
    isMostlyMask(bytes, from + Math.ceil(length / 3), to) &&
    runEnd(bytes, from, to, SETS.crypt) === to
  )
}
const SHORTEST_DOCUMENTED = 8
const LONGEST_DOCUMENTED = 512
const FILL_IN = new Words(['TOKEN', 'KEY', 'SECRET', 'PASSWORD', 'YOUR', 'HERE'], 'exact')
const ASKING = new Words(['YOUR', 'HERE', 'CHANGE', 'REPLACE', 'INSERT'], 'exact')

function isMostlyMask(bytes: Uint8Array, from: number, to: number): boolean {
  let masks = 0
  for (let at = from; at < to; at++) if (isMaskByte(bytes[at])) masks++
  return masks * 3 >= (to - from) * 2
}

function isMaskByte(byte: number): boolean {
  return MASKS.has(byte)
}

/** Capitals and `_` alone, with a word that asks to be replaced. */
function isShouted(bytes: Uint8Array, from: number, to: number, words: Words): boolean {
  let underscores = 0
  for (let at = from; at < to; at++) {
    if (bytes[at] === 0x5f) underscores++
    else if (!(bytes[at] >= 0x41 && bytes[at] <= 0x5a) && !isDigit(bytes[at])) return false
  }
  if (underscores === 0) return false
  for (let at = from; at < to; at++) if (words.at(bytes, at, to) > 0) return true
  return false
}

/** Code that fetches a secret rather than being one: `process.env.API_KEY`, `var.db_password`. */
export function isReference(bytes: Uint8Array, from: number, end: number): boolean {
  return REFERENCES.at(bytes, from, end) > 0
}
const REFERENCES = new Words(
  (
    'var. local. data. module. secrets. vars. process.env os.environ os.getenv System.getenv getenv( env( ENV[ Deno.env import.meta.env ' +
    'Configuration[ config[ settings[ Config[ secrets[ config. settings. self. this. !vault !Ref !Sub !GetAtt !ImportValue'
  )
    .split(' ')
    .concat('new ', 'await ', 'raise ', 'return ', 'throw '),
  'exact',
)

const FEWEST_DISTINCT = 4
const SHORTEST_TOKEN = 8

/** A token's body of two or three characters again and again, as documentation writes it: `xxxxxxxx-xxxx`. */
export function isDummy(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST_TOKEN) return false
  const seen = new Set<number>()
  for (let at = from; at < to; at++) {
    if (bytes[at] !== 0x2d && bytes[at] !== 0x5f) seen.add(lower(bytes[at]))
    if (seen.size >= FEWEST_DISTINCT) return false
  }
  return true
}

/** Also words that tell a secret's state and those that ask to be replaced: only for values in running text. */
export function isStateWord(bytes: Uint8Array, from: number, to: number): boolean {
  return (
    WORDS.isWhole(bytes, from, to) || (to - from <= LONGEST_TEMPLATE && isShouted(bytes, from, to, FILL_IN))
  )
}

/** Where a template or a bracketed word that starts at `from` ends, or -1: such a value may hold blanks. */
export function placeholderEnd(bytes: Uint8Array, from: number, end: number): number {
  const isCommand = bytes[from] === DOLLAR && bytes[from + 1] === 0x28
  const stop = Math.min(end, from + (isCommand ? LONGEST_COMMAND : LONGEST_TEMPLATE))
  for (let at = from + 1; at < stop; at++) {
    if (!CLOSERS.has(bytes[at])) continue
    const to = bytes[at + 1] === bytes[at] ? at + 2 : at + 1
    return isTemplate(bytes, from, to) || isBracketed(bytes, from, to) ? to : -1
  }
  return -1
}
const CLOSERS = new Set([CLOSE_BRACE, CLOSE_BRACKET, 0x3e, 0x29])

function isMask(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from]
  if (!MASKS.has(first) && !isLetter(first)) return false
  if (isLetter(first) && to - from < SHORTEST_MASK) return false
  for (let at = from; at < to; at++) if (bytes[at] !== first) return false
  return true
}

function isLetter(byte: number): boolean {
  return lower(byte) >= 0x61 && lower(byte) <= 0x7a
}

/** `${NAME}`, `{{ name }}`, `%s`: filled in by somebody else. */
function isTemplate(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from
  if (length === 2 && bytes[from] === 0x25) return 'sdijoOc'.includes(String.fromCharCode(bytes[from + 1]))
  if (bytes[from] === DOLLAR && isVariableName(bytes, from + 1, to)) return true
  if (bytes[from] === DOLLAR && bytes[from + 1] === 0x28)
    return bytes[to - 1] === 0x29 && length <= LONGEST_COMMAND && isSubstitution(bytes, from + 2, to - 1)
  if (length > LONGEST_TEMPLATE) return false
  if (bytes[from] === 0x25 && bytes[to - 1] === 0x25) return isVariableName(bytes, from + 1, to - 1)
  if (bytes[from] === 0x7b && bytes[to - 1] === CLOSE_BRACE && isWords(bytes, from + 1, to - 1)) return true
  if (bytes[from] === 0x3c && bytes[to - 1] === 0x3e && isWords(bytes, from + 1, to - 1)) return true
  if (bytes[to - 1] !== CLOSE_BRACE) return false
  return (bytes[from] === DOLLAR || bytes[from] === 0x7b) && bytes[from + 1] === 0x7b
}

/** Between `$(` and `)`: `DB_PASS`, `print-access-token`, or a command with arguments, `cat /run/secrets/db`. */
function isSubstitution(bytes: Uint8Array, from: number, to: number): boolean {
  if (isVariableName(bytes, from, to) || isWords(bytes, from, to)) return true
  const end = runEnd(bytes, from, to, SETS['alnum-'])
  return end < to && isLetter(bytes[from]) && bytes[end] === BLANK
}

/** `{AccessKey}` and `<your token>`: letters and what joins them. */
function isWords(bytes: Uint8Array, from: number, to: number): boolean {
  let letters = 0
  for (let at = from; at < to; at++) {
    if (isLetter(bytes[at])) letters++
    else if (!WORD_JOINS.has(bytes[at])) return false
  }
  return letters > 0
}
const WORD_JOINS = new Set([0x20, 0x2d, 0x5f])

/** `$API_KEY` and `$1`: capitals, as such variables are written, so that a password may begin with `$`. */
function isVariableName(bytes: Uint8Array, from: number, to: number): boolean {
  let digits = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at]
    if (isDigit(byte)) digits++
    else if (!(byte >= 0x41 && byte <= 0x5a) && byte !== 0x5f) return false
  }
  // `$1` is one; a name that begins with a digit is none.
  return to > from && (!isDigit(bytes[from]) || digits === to - from)
}

function isBracketed(bytes: Uint8Array, from: number, to: number): boolean {
  const open = bytes[from]
  if (open !== OPEN_BRACKET && open !== 0x3c && open !== 0x28) return false
  const close = bytes[to - 1]
  if (close !== CLOSE_BRACKET && close !== 0x3e && close !== 0x29) return false
  return BRACKETED.isWhole(bytes, from + 1, to - 1)
}

/** `user:password`, as documentation writes it. */
export function isDocumentedUser(bytes: Uint8Array, from: number, colon: number, to: number): boolean {
  return colon > from && USERS.isWhole(bytes, from, colon) && PASSWORDS.isWhole(bytes, colon + 1, to)
}
const USERS = new Words(['user', 'username', 'login', '<user>', '<username>'])
const PASSWORDS = new Words(['pass', 'password', 'passwd', 'pwd', '<password>'])
