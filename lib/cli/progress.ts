const FIRST_AFTER = 1000
const AGAIN_AFTER = 100
const WIDTH = 24
const CLEAR = '\r\u001b[K'

export interface Screen {
  isTTY?: boolean
  write(text: string): unknown
}

/** A bar on a terminal, for what takes longer than a second. Nothing anywhere else. */
export class Progress {
  #screen: Screen
  #total: number
  #now: () => number
  #done = 0
  #next: number
  #isShown = false

  /** @param total bytes to come; 0 when that is not known, and then there is no bar */
  constructor(screen: Screen, total: number, now: () => number = () => performance.now()) {
    this.#screen = screen
    this.#total = total
    this.#now = now
    this.#next = now() + FIRST_AFTER
  }

  advance(bytes: number): void {
    this.#done += bytes
    if (this.#screen.isTTY !== true || this.#total === 0 || this.#now() < this.#next) return
    this.#next = this.#now() + AGAIN_AFTER
    this.#isShown = true
    // A file that grows meanwhile is longer than it was.
    const part = Math.min(1, this.#done / this.#total)
    const filled = Math.round(part * WIDTH)
    const bar = '#'.repeat(filled) + '.'.repeat(WIDTH - filled)
    this.#screen.write(`${CLEAR}[${bar}] ${Math.floor(part * 100)} % of ${megabytes(this.#total)} MB`)
  }

  /** Takes the bar off the screen, before other text and at the end. */
  clear(): void {
    if (this.#isShown) this.#screen.write(CLEAR)
    this.#isShown = false
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
