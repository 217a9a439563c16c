/** Waits that double, each of a random part of its length, so that what failed together is not tried again together. */
export class Backoff {
  readonly #first: number
  readonly #most: number
  #tries = 0

  /** @param first the longest first wait, and @param most the longest of all, in ms */
  constructor(first: number, most: number) {
    this.#first = first
    this.#most = most
  }

  /** The next wait, in ms. */
  next(): number {
    const longest = Math.min(this.#most, this.#first * 2 ** Math.min(this.#tries++, 40))
    return Math.ceil(longest * (0.5 + Math.random() / 2))
  }

  reset(): void {
    this.#tries = 0
  }
}
