/**
 * Lets many callers share one slow operation. At most one runs; whoever comes while it runs shares the next one,
 * because the running one may have started before what they ask for.
 */
export class GroupCommit {
  readonly #operation: () => Promise<void>
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  constructor(operation: () => Promise<void>) {
    this.#operation = operation
  }

  request(): Promise<void> {
    this.#next ??= this.#start()
    return this.#next
  }

  async #start(): Promise<void> {
    await this.#running.catch(() => {})
    this.#running = this.#next as Promise<void>
    this.#next = undefined
    await this.#operation()
  }
}
