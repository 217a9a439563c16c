/**
 * Who logged in, who failed, from where, and what of it is a burst or new.
 */

import { byCount, firstOf, Names, type Remark } from './bounded.ts'
import { burstsIn } from './bursts.ts'
import { LoginEvents, MAX_EVENTS } from './login-events.ts'
import type { AuditLine } from './own-line.ts'
import { DAY_MS, iso, type Period, placeOf, stepOf } from './period.ts'
import type { Burst, LoginsReport } from './report.ts'

export const LOGIN = 'auth.login'
const NO_ADDRESS = '(no address)'
const MAX_NAMES = 50_000
/** Pairs of a user and an address that were seen to succeed. */
const MAX_PAIRS = 100_000
const SHOWN = 100

interface Sum {
  failed: number
  succeeded: number
  first: number
  last: number
}

interface Pair {
  user: number
  address: number
  /** The first success of all, and the first and the number of those of the period. */
  first: number
  firstNow: number
  count: number
}

export interface NewAddresses {
  /** Of users who had logged in before from elsewhere: in the period, and in the time before it. */
  now: number
  before: number | null
}

export class LoginTally {
  readonly #period: Period
  readonly #users = new Names(MAX_NAMES)
  readonly #addresses = new Names(MAX_NAMES)
  readonly #byUser: Sum[] = []
  readonly #byAddress: Sum[] = []
  readonly #events = new LoginEvents()
  readonly #pairs = new Map<number, Pair>()
  readonly #firstOfUser = new Map<number, number>()
  readonly #steps: { succeeded: number; failed: number }[]
  #isPairsFull = false
  /** How many were found, once they have been looked for. */
  bursts = 0
  readonly sums = { now: { failed: 0, succeeded: 0 }, before: { failed: 0, succeeded: 0 } }

  constructor(period: Period) {
    this.#period = period
    this.#steps = period.steps.map(() => ({ succeeded: 0, failed: 0 }))
  }

  add({ time, actor, address, outcome }: AuditLine): void {
    const place = placeOf(this.#period, time)
    const isSuccess = outcome === 'success'
    if (place === 'later' || (!isSuccess && outcome !== 'failure' && outcome !== 'denied')) return
    if (place === 'before' && !isSuccess) this.sums.before.failed++
    if (place !== 'now' && !isSuccess) return
    const [user, from] = [this.#users.numberOf(actor), this.#addresses.numberOf(address ?? NO_ADDRESS)]
    if (isSuccess) this.#know(user, from, time)
    if (place === 'before') this.sums.before.succeeded++
    if (place !== 'now') return
    const sum = isSuccess ? 'succeeded' : 'failed'
    this.sums.now[sum]++
    this.#steps[stepOf(this.#period, time)][sum]++
    for (const [sums, number] of [
      [this.#byUser, user],
      [this.#byAddress, from],
    ] as const)
      addTo(sums, number, sum, time)
    this.#events.add(time, user, from, isSuccess)
  }

  #know(user: number, address: number, time: number): void {
    this.#firstOfUser.set(user, Math.min(this.#firstOfUser.get(user) ?? time, time))
    const key = user * (MAX_NAMES + 1) + address
    let pair = this.#pairs.get(key)
    if (pair === undefined && this.#pairs.size >= MAX_PAIRS) this.#isPairsFull = true
    if (pair === undefined && this.#isPairsFull) return
    pair ??= { user, address, first: time, firstNow: Number.POSITIVE_INFINITY, count: 0 }
    this.#pairs.set(key, pair)
    pair.first = Math.min(pair.first, time)
    if (placeOf(this.#period, time) !== 'now') return
    pair.firstNow = Math.min(pair.firstNow, time)
    pair.count++
  }

  /**
   * @param knownFrom from when on all that was logged is kept and was looked at; undefined: nothing is
   * @param usualRate failed logins a millisecond
   */
  report(
    knownFrom: number | undefined,
    usualRate: number,
    remark: Remark,
  ): { logins: LoginsReport; news: NewAddresses } {
    const { steps, since, before } = this.#period
    if (this.#events.leftOut > 0)
      remark(
        `bursts were looked for among the first ${MAX_EVENTS} logins that were read, ${this.#events.leftOut} more are only counted`,
      )
    const different = this.#differents()
    const isKnown = knownFrom !== undefined && since - knownFrom >= DAY_MS
    if (!isKnown && this.sums.now.succeeded > 0)
      remark('no address is told as new: no day before the period is kept')
    else if (!this.#isWhole) remark('not all new addresses are told: there are too many users or addresses')
    const pairs = isKnown ? this.#newSince(since) : []
    const isBeforeKnown = isKnown && before - knownFrom >= DAY_MS
    const earlier = isBeforeKnown ? this.#newSince(before).filter(({ first }) => first < since) : []
    const bursts = this.#bursts(usualRate)
    this.bursts = bursts.length
    return {
      logins: {
        ...this.sums.now,
        series: steps.map((at, i) => ({ at: iso(at), ...this.#steps[i] })),
        byUser: firstOf(
          this.#rows(this.#byUser, this.#users, 'user', 'addresses', different.addresses),
          SHOWN,
          'users',
          remark,
        ),
        byAddress: firstOf(
          this.#rows(this.#byAddress, this.#addresses, 'address', 'users', different.users),
          SHOWN,
          'addresses',
          remark,
        ),
        bursts: firstOf(bursts, SHOWN, 'bursts', remark),
        newAddresses: firstOf(
          pairs.map((pair) => this.#told(pair)),
          SHOWN,
          'new addresses',
          remark,
        ),
        knownDays: isKnown ? Math.floor((since - knownFrom) / DAY_MS) : 0,
      },
      news: {
        now: pairs.filter(({ user }) => this.#wasKnown(user, since)).length,
        before: isBeforeKnown ? earlier.filter(({ user }) => this.#wasKnown(user, before)).length : null,
      },
    }
  }

  get #isWhole(): boolean {
    return !this.#isPairsFull && !this.#users.isFull && !this.#addresses.isFull
  }

  #newSince(time: number): Pair[] {
    return [...this.#pairs.values()]
      .filter(({ first, user, address }) => first >= time && user < MAX_NAMES && this.#isOne(address))
      .sort((a, b) => a.first - b.first)
  }

  /** Neither none nor one that stands for many. Names and pairs that have found room are known in full. */
  #isOne(address: number): boolean {
    return address < MAX_NAMES && this.#addresses.nameOf(address) !== NO_ADDRESS
  }

  #wasKnown(user: number, before: number): boolean {
    return (this.#firstOfUser.get(user) ?? before) < before
  }

  #told({ user, address, firstNow, count }: Pair): LoginsReport['newAddresses'][number] {
    return {
      user: this.#users.nameOf(user),
      address: this.#addresses.nameOf(address),
      first: iso(firstNow),
      count,
    }
  }

  #bursts(usualRate: number): Burst[] {
    const found = burstsIn(this.#events, {
      usualRate,
      isMany: {
        users: (user) => user === MAX_NAMES,
        addresses: (address) => !this.#isOne(address),
      },
    })
    return found.map(({ address, user, first, last, ...counts }) => ({
      ...counts,
      address: address === undefined ? null : this.#addresses.nameOf(address),
      user: user === undefined ? null : this.#users.nameOf(user),
      first: iso(first),
      last: iso(last),
    }))
  }

  /** How many addresses each user has, and how many users each address. */
  #differents(): { addresses: Map<number, number>; users: Map<number, number> } {
    const { users, addresses, size } = this.#events
    const order = Uint32Array.from({ length: size }, (_, i) => i)
    order.sort((a, b) => users[a] - users[b] || addresses[a] - addresses[b])
    const counts = { addresses: new Map<number, number>(), users: new Map<number, number>() }
    for (let i = 0; i < size; i++) {
      const [event, last] = [order[i], order[i - 1]]
      if (i > 0 && users[event] === users[last] && addresses[event] === addresses[last]) continue
      for (const [map, number] of [
        [counts.addresses, users[event]],
        [counts.users, addresses[event]],
      ] as const)
        map.set(number, (map.get(number) ?? 0) + 1)
    }
    return counts
  }

  #rows<Name extends string, Different extends string>(
    sums: Sum[],
    names: Names,
    name: Name,
    different: Different,
    counts: Map<number, number>,
  ) {
    type Row = Record<Name, string> &
      Record<Different, number> & { failed: number; succeeded: number; first: string; last: string }
    const rows: Row[] = []
    sums.forEach(({ failed, succeeded, first, last }, number) => {
      const named = { [name]: names.nameOf(number), failed, succeeded, [different]: counts.get(number) ?? 0 }
      rows.push({ ...named, first: iso(first), last: iso(last) } as Row)
    })
    return rows.sort(
      byCount(
        (row) => row.failed + row.succeeded / 1e9,
        (row) => row[name],
      ),
    )
  }
}

function addTo(sums: Sum[], number: number, sum: 'failed' | 'succeeded', time: number): void {
  const row = (sums[number] ??= { failed: 0, succeeded: 0, first: time, last: time })
  row[sum]++
  row.first = Math.min(row.first, time)
  row.last = Math.max(row.last, time)
}
