/**
 * Everything that the scanner and the matchers need to know about the rules, compiled once from the tables and a
 * program's own additions.
 */
import type { ScrubOptions } from '../types.ts'
import { bytesOf, SETS } from './bytes.ts'
import { compileKeyNames, type KeyNames, type KeyRule } from './key-rules.ts'
import { TOKEN_RULES, type TokenRow } from './token-rules.ts'

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
} as const
export type Candidate = (typeof CANDIDATE)[keyof typeof CANDIDATE]

/** Secrets that are told by their structure rather than by a prefix or a name. */
const STRUCTURED = ['url-password', 'private-key', 'jwt', 'bearer', 'basic', 'card-number', 'query'] as const
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
  infix: Uint8Array | undefined
}

export interface Rules {
  keyNames: KeyNames
  keyRules: readonly KeyRule[]
  tokens: readonly TokenSpec[]
  literals: readonly Literal[]
  /** Codes of cuts: ids and markers, by number. Grows when a hidden value brings a name of its own. */
  ids: string[]
  markers: Uint8Array[]
  isKnown(id: string): boolean
  keyCode(index: number): number
  tokenCode(index: number): number
  code(id: string): number
}

const STRUCTURE_LITERALS: [string, Candidate][] = [
  ['://', CANDIDATE.url],
  ['-----BEGIN ', CANDIDATE.privateKey],
  ['eyJ', CANDIDATE.jwt],
  ['Bearer ', CANDIDATE.scheme],
  ['bearer ', CANDIDATE.scheme],
  ['Basic ', CANDIDATE.scheme],
  ['basic ', CANDIDATE.scheme],
  ['\u007f', CANDIDATE.control],
  ...Array.from({ length: 32 }, (_, i): [string, Candidate] => [
    String.fromCharCode(0x80 + i),
    CANDIDATE.control,
  ]),
]

export function compileRules(options: ScrubOptions = {}): Rules {
  const names = compileKeyNames(options)
  const rows: TokenRow[] = [...TOKEN_RULES, ...(options.rules ?? []).map(ownRow)]
  const ids: string[] = []
  const markers: Uint8Array[] = []
  const codes = new Map<string, number>()

  const code = (id: string): number => {
    const known = codes.get(id)
    if (known !== undefined) return known
    codes.set(id, ids.length)
    markers.push(bytesOf(`[SECRET:${id}]`))
    return ids.push(id) - 1
  }
  const keyCodes = names.rules.map((rule) => code(rule.id))
  const tokenCodes = rows.map((rule) => code(rule.id))
  for (const id of STRUCTURED) code(id)

  return {
    keyNames: names,
    keyRules: names.rules,
    tokens: rows.map((rule) => ({
      prefixes: rule.prefixes.map(bytesOf),
      set: SETS[rule.set],
      min: rule.min,
      infix: rule.infix === undefined ? undefined : bytesOf(rule.infix),
    })),
    literals: [
      ...rows.flatMap((rule, index) =>
        rule.prefixes.map((prefix) => ({ bytes: bytesOf(prefix), kind: CANDIDATE.token, index })),
      ),
      ...STRUCTURE_LITERALS.map(([text, kind]) => ({ bytes: bytesOf(text), kind, index: 0 })),
    ],
    ids,
    markers,
    isKnown: (id) => codes.has(id),
    keyCode: (index) => keyCodes[index],
    tokenCode: (index) => tokenCodes[index],
    code,
  }
}

function ownRow(rule: NonNullable<ScrubOptions['rules']>[number]): TokenRow {
  return {
    id: rule.id,
    provider: 'yours',
    prefixes: [rule.prefix],
    set: rule.set ?? 'alnum-',
    min: rule.minLength ?? 10,
  }
}
