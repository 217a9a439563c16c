/** Attempts to log in of the period, in little memory: a row of numbers each. */

/** Later ones are counted, and not looked at for bursts. */
export const MAX_EVENTS = 1_000_000
const FIRST_ROOM = 1_024

export class LoginEvents {
  size = 0
  /** Milliseconds since the epoch, numbers of user and address, 1 for a success. */
  times: Float64Array = new Float64Array(FIRST_ROOM)
  users: Uint32Array = new Uint32Array(FIRST_ROOM)
  addresses: Uint32Array = new Uint32Array(FIRST_ROOM)
  successes: Uint8Array = new Uint8Array(FIRST_ROOM)
  /** How many found no room. */
  leftOut = 0

  add(time: number, user: number, address: number, isSuccess: boolean): void {
    if (this.size === MAX_EVENTS) {
      this.leftOut++
      return
    }
    if (this.size === this.times.length) this.#grow()
    this.times[this.size] = time
    this.users[this.size] = user
    this.addresses[this.size] = address
    this.successes[this.size++] = Number(isSuccess)
  }

  /** Numbers of the events by time. */
  sorted(): Uint32Array {
    const order = Uint32Array.from({ length: this.size }, (_, i) => i)
    return order.sort((a, b) => this.times[a] - this.times[b])
  }

  #grow(): void {
    const room = Math.min(MAX_EVENTS, this.times.length * 2)
    const grown = <T extends Float64Array | Uint32Array | Uint8Array>(to: T, from: T): T => {
      to.set(from)
      return to
    }
    this.times = grown(new Float64Array(room), this.times)
    this.users = grown(new Uint32Array(room), this.users)
    this.addresses = grown(new Uint32Array(room), this.addresses)
    this.successes = grown(new Uint8Array(room), this.successes)
  }
}
