import { bytesOf } from './bytes.ts'

const HEAD_LENGTH = '[SECRET:'.length

/** The ids that stand in markers, by number. Grows when a hidden value brings a name of its own. */
export class Ids {
  readonly #codes = new Map<string, number>()
  readonly #byHash = new Map<number, number[]>()
  readonly #names: string[] = []
  readonly #markers: Uint8Array[] = []

  /** The number of an id, which is known from now on. */
  code(id: string): number {
    const known = this.#codes.get(id)
    if (known !== undefined) return known
    const code = this.#names.push(id) - 1
    this.#codes.set(id, code)
    this.#markers.push(bytesOf(`[SECRET:${id}]`))
    const bytes = bytesOf(id)
    const hash = hashOf(bytes, 0, bytes.length)
    this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), code])
    return code
  }

  /** All that are known by now. */
  get names(): readonly string[] {
    return this.#names
  }

  name(code: number): string {
    return this.#names[code]
  }

  marker(code: number): Uint8Array {
    return this.#markers[code]
  }

  /** Whether the text in `bytes[from, to)` is an id that is known. */
  holds(bytes: Uint8Array, from: number, to: number): boolean {
    const codes = this.#byHash.get(hashOf(bytes, from, to))
    return codes?.some((code) => this.#isIn(bytes, from, to, this.#markers[code])) === true
  }

  #isIn(bytes: Uint8Array, from: number, to: number, marker: Uint8Array): boolean {
    if (marker.length !== HEAD_LENGTH + to - from + 1) return false
    for (let at = from; at < to; at++) if (bytes[at] !== marker[HEAD_LENGTH + at - from]) return false
    return true
  }
}

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + bytes[at]) | 0
  return hash
}
