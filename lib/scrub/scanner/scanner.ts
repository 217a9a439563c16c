/** A batch is taken when it holds this much. */
export const BATCH_BYTES = 65536

export interface Found {
  /** Where candidates stand, in rising order. */
  readonly places: Uint32Array
  readonly kinds: Uint8Array
  /** The row of the rule, in the table of its kind. */
  readonly rows: Uint16Array
}

/** Finds every place in a batch where a secret may stand, in one pass over the batch as a whole. */
export interface Scanner {
  readonly kind: 'wasm' | 'plain'
  /** `BATCH_BYTES` long. What stands in here is scanned in place; any other bytes cost a copy. */
  readonly memory: Buffer
  /** What the last scan found; it stays until the next. */
  readonly found: Found
  /** Pairs: where texts that were joined may start, and their numbers. Only their first bytes have been compared. */
  readonly joined: readonly number[]
  /** Looks for these texts too, and for none that were joined before. Returns whether it does. */
  join(texts: readonly Uint8Array[]): boolean
  /** Scans `bytes[from, to)` and returns the number of candidates. */
  scan(bytes: Uint8Array, from: number, to: number): number
  /** Lets go of the bytes that were scanned last, and of lists that have grown long. */
  release(): void
}
