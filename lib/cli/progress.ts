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
  /** When it began, where bytes a second are told. */
  readonly #began: number | undefined

  /**
   * @param total bytes to come; 0 when that is not known, and then there is no bar
   * @param options `rate`: tell bytes a second too
   */
  constructor(
    screen: Screen,
    total: number,
    now: () => number = () => performance.now(),
    options: { rate?: boolean } = {},
  ) {
    this.#screen = screen
    this.#total = total
    this.#now = now
    this.#next = now() + FIRST_AFTER
    this.#began = options.rate === true ? now() : undefined
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
    this.#screen.write(
      `${CLEAR}[${bar}] ${Math.floor(part * 100)} % of ${megabytes(this.#total)} MB${this.#rate()}`,
    )
  }

  #rate(): string {
    if (this.#began === undefined) return ''
    const seconds = (this.#now() - this.#began) / 1000
    return `, ${megabytes(this.#done / seconds)} MB/s`
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

export interface Bar {
  onTotal(bytes: number): void
  onProgress(bytes: number): void
  /** Takes the bar off the screen, before other text. */
  clear(): void
}

/** Does something that tells how many bytes are to come, more than once if it has more than one part. */
export async function withBar<T>(
  work: (bar: Bar) => Promise<T>,
  options: { rate?: boolean } = {},
): Promise<T> {
  let progress: Progress | undefined
  try {
    return await work({
      onTotal: (bytes) => {
        progress?.clear()
        progress = new Progress(process.stderr, bytes, undefined, options)
      },
      onProgress: (bytes) => progress?.advance(bytes),
      clear: () => progress?.clear(),
    })
  } finally {
    progress?.clear()
  }
}
