/**
 * The names that stand in each line of a logger, and whether the fields of a call bear one of them. Most do not: their
 * first letter and their length alone tell that.
 */

/** What fields may be. */
export const LOOK = {
  plain: 0,
  /** A name stands in the line twice. */
  repeats: 1,
  /** pino has an idea of its own how to write them. */
  special: 2,
} as const

/** What pino, or JSON, takes for more than a field. */
const SPECIAL = new Set(['err', 'error', 'toJSON', 'setHeader', 'socket'])

export class Names {
  readonly all: ReadonlySet<string>
  /** For each first letter one bit for each length. */
  #lengths = new Int32Array(32)

  constructor(names: Iterable<string>) {
    this.all = new Set(names)
    for (const name of [...this.all, ...SPECIAL])
      this.#lengths[name.charCodeAt(0) & 31] |= 1 << (name.length & 31)
  }

  has(name: string): boolean {
    return this.all.has(name)
  }

  /**
   * Looks at the first argument of a log call: bits of `LOOK`.
   * @param isOurs whether hushlog itself says the record's kind
   */
  look(first: unknown, isOurs: boolean): number {
    if (typeof first !== 'object' || first === null) return LOOK.plain
    let found: number = LOOK.plain
    try {
      if (first instanceof Error) return LOOK.special
      const prototype = Object.getPrototypeOf(first)
      if (prototype !== Object.prototype && prototype !== null) found = LOOK.special
      for (const name in first) {
        const lengths = this.#lengths[name.charCodeAt(0) & 31]
        if (((lengths >>> (name.length & 31)) & 1) === 0) continue
        if (SPECIAL.has(name)) found |= LOOK.special
        if (this.all.has(name) && !(isOurs && name === 'kind')) found |= LOOK.repeats
      }
    } catch {
      return LOOK.repeats | LOOK.special
    }
    return found
  }
}
