/**
 * Values that the program or its environment named as secret: cut wherever they occur in the text of a line, plain
 * or in the forms that such values take on their way: base64, percent-encoded, escaped for JSON.
 */
import { HushlogError } from '../errors.ts'
import { secretName } from './key-rules.ts'
import { LONGEST_VALUE, whyNot } from './registered/refusal.ts'
import { PlainSearch, type Search } from './registered/search.ts'
import { Values } from './registered/values.ts'
import { WasmSearch } from './registered/wasm-search.ts'
import type { Rules } from './rules.ts'

export const SHORTEST_VALUE = 6
const MOST_VALUES = 100_000

export class Registered {
  /** Environment variables with secret names whose values are not taken, and why. */
  readonly refused: { name: string; reason: string }[] = []
  readonly values: Values = new Values()
  #rules: Rules
  #searches = new Map<Search['kind'], Search>()

  constructor(rules: Rules) {
    this.#rules = rules
  }

  get size(): number {
    return this.values.size
  }

  /**
   * @param name stands in the marker
   * @throws HushlogError `HUSHLOG_OPTION` for a value that is no text, too short or one too many, or a name that is no
   * id
   */
  hide(value: string, name = 'hidden'): void {
    checkValue(value)
    checkName(name)
    if (this.values.has(value)) return
    checkCount(this.size)
    this.values.add(value, this.#rules.code(name))
  }

  /** Takes the values of environment variables with secret names, as far as they cannot eat ordinary text. */
  hideEnvironment(env: NodeJS.ProcessEnv, ordinary: readonly string[]): void {
    const names = ordinary.map((name) => name.toLowerCase())
    for (const [name, value] of Object.entries(env)) {
      if (value === undefined || secretName(name) === undefined) continue
      const reason = whyNot(name, value, names)
      if (reason === undefined) this.hide(value, 'env')
      else this.refused.push({ name, reason })
    }
  }

  /** The search for all that is registered; made when it is first asked for. */
  search(kind: Search['kind']): Search {
    try {
      return this.#entered(kind, this.#searches.get(kind) ?? newSearch(kind))
    } catch (error) {
      if (this.#searches.get(kind)?.kind === 'plain') throw error
      // WebAssembly had no memory left.
      return this.#entered(kind, new PlainSearch())
    }
  }

  /** A search with everything that has been registered since it was last asked for. */
  #entered(kind: Search['kind'], search: Search): Search {
    this.#searches.set(kind, search)
    const { tables } = search
    while (tables.size < this.values.forms.length) tables.add(this.values.bytesOf(tables.size))
    return search
  }
}

function newSearch(kind: Search['kind']): Search {
  return kind === 'wasm' ? new WasmSearch() : new PlainSearch()
}

function checkValue(value: unknown): void {
  const got = typeof value === 'string' ? `${value.length} characters` : typeof value
  if (typeof value === 'string' && value.length >= SHORTEST_VALUE && value.length <= LONGEST_VALUE) return
  throw new HushlogError(
    'HUSHLOG_OPTION',
    `hide() takes text of ${SHORTEST_VALUE} to ${LONGEST_VALUE} characters, got ${got}`,
    { hint: 'a shorter value would eat ordinary text; give its field a secret name instead' },
  )
}

function checkCount(count: number): void {
  if (count < MOST_VALUES) return
  throw new HushlogError('HUSHLOG_OPTION', `hide() takes ${MOST_VALUES} values in all, got one more`, {
    hint: 'log values of each user or session under a secret name instead',
  })
}

function checkName(name: unknown): void {
  if (typeof name === 'string' && isId(name)) return
  throw new HushlogError('HUSHLOG_OPTION', 'the name of a hidden value takes 1 to 32 of a-z, 0-9 and -')
}

export function isId(text: string): boolean {
  if (text.length < 1 || text.length > 32) return false
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d)) return false
  }
  return true
}
