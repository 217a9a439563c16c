/**
 * Everything that the scanner and the matchers need to know about the rules, compiled once from the tables and a
 * program's own additions.
 */
import type { PiiKind, ScrubOptions } from '../types.ts'
import { bytesOf, SETS } from './bytes.ts'
import { CALLS } from './calls.ts'
import { DIRECTIVES } from './directives.ts'
import { Ids } from './ids.ts'
import { compileKeyNames, KEY_RULES, type KeyNames, type KeyRule } from './key-rules.ts'
import { type Tagger, taggerOf } from './tag.ts'
import { TOKEN_RULES, type TokenRow } from './token-rules.ts'
import { TOLD_TEXTS } from './told.ts'

/** What a candidate may turn out to be; the matcher of that kind looks closer. */
export const CANDIDATE = {
  key: 0,
  token: 1,
  url: 2,
  privateKey: 3,
  jwt: 4,
  scheme: 5,
  card: 6,
  control: 7,
  flag: 8,
  phrase: 9,
  manifest: 10,
  word: 11,
  call: 12,
  query: 13,
  iban: 14,
  ssn: 15,
  bytes: 16,
  command: 17,
  directive: 18,
  object: 19,
} as const
export type Candidate = (typeof CANDIDATE)[keyof typeof CANDIDATE]

/** Secrets that are told by their structure rather than by a prefix or a name. */
const STRUCTURED = [
  'url-password',
  'private-key',
  'jwt',
  'bearer',
  'basic',
  'card-number',
  'iban',
  'us-ssn',
  'query',
  'email',
  'phone',
  'ip',
] as const
export type Structured = (typeof STRUCTURED)[number]

export interface Literal {
  bytes: Uint8Array
  kind: Candidate
  /** The row in the table of its kind. */
  index: number
}

export interface TokenSpec {
  prefixes: readonly Uint8Array[]
  set: number
  min: number
  max: number
  infix: Uint8Array | undefined
  before: { set: number; min: number; max: number } | undefined
  glued: Uint8Array | undefined
  needsDigit: boolean
  followed: { set: number; length: number } | undefined
}

export interface Rules {
  keyNames: KeyNames
  keyRules: readonly KeyRule[]
  /** The key rule of passwords. */
  passwordRow: number
  /** Names that the program added. */
  ownNames: readonly string[]
  tokens: readonly TokenSpec[]
  literals: readonly Literal[]
  ids: Ids
  /** Makes the tag in each marker; nothing without `correlate`. */
  tag: Tagger | undefined
  /** Kinds of data about persons that are looked for. */
  pii: ReadonlySet<PiiKind>
  keyCode(index: number): number
  tokenCode(index: number): number
  code(id: string): number
}

/** Parts of the words that stand in most secret names. */
const WORDS = (
  'assw ASSW asscode ssphr ssPhr SSPHR pwd PWD Pwd _pass _PASS .pass ecret ECRET oken OKEN redential REDENTIAL ' +
  'pikey piKey PIKEY pi-key pi-Key PI-KEY _key _KEY ssKey teKey ngKey onKey erKey nseal'
)
  .split(' ')
  .concat('pi key', 'PI key', 'PI Key')

/** Parameters that hold a secret only if their value reads as one; the ampersand as it is, or as JSON may escape it. */
const QUERY_LITERALS = 'code key state ticket assertion otp auth'
  .split(' ')
  .flatMap((name) => ['?', '&', 'u0026', '&amp;'].map((mark) => `${mark}${name}=`))

const STRUCTURE_LITERALS: [string, Candidate][] = [
  ['://', CANDIDATE.url],
  ['-----BEGIN ', CANDIDATE.privateKey],
  ['eyJ', CANDIDATE.jwt],
  ['Bearer ', CANDIDATE.scheme],
  ['bearer ', CANDIDATE.scheme],
  ['Basic ', CANDIDATE.scheme],
  ['basic ', CANDIDATE.scheme],
  ['--', CANDIDATE.flag],
  [' -', CANDIDATE.flag],
  ['-u ', CANDIDATE.flag],
  ['-p ', CANDIDATE.flag],
  ['IDENTIFIED BY ', CANDIDATE.phrase],
  ['identified by ', CANDIDATE.phrase],
  ['PASSWORD ', CANDIDATE.phrase],
  ['password ', CANDIDATE.phrase],
  ['kind: ', CANDIDATE.manifest],
  ...WORDS.map((text): [string, Candidate] => [text, CANDIDATE.word]),
  ...QUERY_LITERALS.map((text): [string, Candidate] => [text, CANDIDATE.query]),
  ['Identified By ', CANDIDATE.phrase],
  ['Password ', CANDIDATE.phrase],
  ['PASSWORD(', CANDIDATE.phrase],
  ['password(', CANDIDATE.phrase],
  ['pwdencrypt(', CANDIDATE.phrase],
  ['PWDENCRYPT(', CANDIDATE.phrase],
  ['ConvertTo-SecureString ', CANDIDATE.phrase],
  [' -p', CANDIDATE.command],
  ['"-p', CANDIDATE.command],
  ['net user ', CANDIDATE.command],
  ['Buffer"', CANDIDATE.bytes],
  ['Buffer\\', CANDIDATE.bytes],
  ['{"0":', CANDIDATE.bytes],
  ['{\\"0\\":', CANDIDATE.bytes],
  ['\u007f', CANDIDATE.control],
  ...Array.from({ length: 32 }, (_, i): [string, Candidate] => [
    String.fromCharCode(0x80 + i),
    CANDIDATE.control,
  ]),
]

export function compileRules(options: ScrubOptions = {}): Rules {
  const names = compileKeyNames(options)
  const rows: TokenRow[] = [...TOKEN_RULES, ...(options.rules ?? []).map(ownRow)]
  const ids = new Ids()
  const code = (id: string) => ids.code(id)
  const keyCodes = names.rules.map((rule) => code(rule.id))
  const tokenCodes = rows.map((rule) => code(rule.id))
  for (const id of STRUCTURED) code(id)

  return {
    keyNames: names,
    keyRules: names.rules,
    passwordRow: names.rules.findIndex(({ id }) => id === 'password'),
    ownNames: options.keys ?? [],
    tokens: rows.map((rule) => ({
      prefixes: rule.prefixes.map(bytesOf),
      set: SETS[rule.set],
      min: rule.min,
      max: rule.max ?? Number.POSITIVE_INFINITY,
      infix: rule.infix === undefined ? undefined : bytesOf(rule.infix),
      before: rule.before === undefined ? undefined : { ...rule.before, set: SETS[rule.before.set] },
      glued: rule.glued === undefined ? undefined : bytesOf(rule.glued),
      needsDigit: rule.digit === true,
      followed: rule.followed === undefined ? undefined : { ...rule.followed, set: SETS[rule.followed.set] },
    })),
    literals: [
      ...rows.flatMap((rule, index) =>
        rule.prefixes.map((prefix) => ({ bytes: bytesOf(prefix), kind: CANDIDATE.token, index })),
      ),
      ...CALLS.map(({ text }, index) => ({ bytes: bytesOf(text), kind: CANDIDATE.call, index })),
      ...DIRECTIVES.flatMap(({ texts }, index) =>
        texts.map((text) => ({ bytes: bytesOf(text), kind: CANDIDATE.directive, index })),
      ),
      ...TOLD_TEXTS.map((bytes, index) => ({ bytes, kind: CANDIDATE.object, index })),
      ...STRUCTURE_LITERALS.map(([text, kind]) => ({ bytes: bytesOf(text), kind, index: 0 })),
    ],
    ids,
    tag: options.correlate === undefined ? undefined : taggerOf(options.correlate),
    pii: kindsOf(options.pii),
    keyCode: (index) => keyCodes[index],
    tokenCode: (index) => tokenCodes[index],
    code,
  }
}

/** The shortest run after the prefix of an own rule that says nothing of it. */
export const DEFAULT_MIN = 10

function ownRow(rule: NonNullable<ScrubOptions['rules']>[number]): TokenRow {
  return {
    id: rule.id,
    provider: 'yours',
    prefixes: [rule.prefix],
    set: rule.set ?? 'alnum-',
    min: rule.minLength ?? DEFAULT_MIN,
    max: rule.maxLength,
  }
}

export const PII_KINDS: readonly PiiKind[] = ['email', 'phone', 'ip']

function kindsOf(pii: ScrubOptions['pii']): ReadonlySet<PiiKind> {
  return new Set(pii === true ? PII_KINDS : pii || [])
}

/** The ids of all rows and structures. */
export function builtInIds(): Set<string> {
  return new Set([
    ...TOKEN_RULES.map(({ id }) => id),
    ...KEY_RULES.map(({ id }) => id),
    ...STRUCTURED,
    'key-name',
    'named',
  ])
}
