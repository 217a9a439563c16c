/**
 * Bursts of failed logins, found with sliding windows. docs/review.md tells why the numbers are what they are.
 */
import type { LoginEvents } from './login-events.ts'

export interface FoundBurst {
  kind: 'spraying' | 'guessing' | 'flood'
  /** Numbers; undefined where there is more than one. */
  address: number | undefined
  user: number | undefined
  failed: number
  users: number
  addresses: number
  succeeded: number
  first: number
  last: number
}

/** Looks for one kind of burst among the failures that belong to none yet. */
interface Search {
  kind: FoundBurst['kind']
  /** Whose failures are looked at together; undefined: those of all. */
  of: 'addresses' | 'users' | undefined
  /** Milliseconds. */
  span: number
  /** Failures in that time, and what else must hold. */
  failures: number
  /** Whether who succeeds soon after a few failures from the same address has mistyped. */
  forgives?: true
  isOne(seen: Seen, usual: number): boolean
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TIMES_USUAL = 5

/** Many people in an office share one address: more of them succeed than fail. */
const isSpraying = (users: number) => (seen: Seen) => seen.failing >= users && seen.failing > seen.succeeding
const isFlood = ({ failed, failing, addresses }: Seen, usual: number) =>
  failing >= 20 && addresses >= 20 && failed > TIMES_USUAL * usual

const SEARCHES: Search[] = [
  {
    kind: 'spraying',
    of: 'addresses',
    span: 10 * MINUTE,
    failures: 10,
    forgives: true,
    isOne: isSpraying(5),
  },
  { kind: 'spraying', of: 'addresses', span: 24 * HOUR, failures: 50, forgives: true, isOne: isSpraying(25) },
  { kind: 'guessing', of: 'users', span: 10 * MINUTE, failures: 10, isOne: () => true },
  { kind: 'guessing', of: 'users', span: 24 * HOUR, failures: 50, isOne: () => true },
  { kind: 'flood', of: undefined, span: 10 * MINUTE, failures: 100, isOne: isFlood },
]
/** So many failures, so long before a success of the same user from the same address, are mistyped. */
const MISTYPED = { failures: 3, span: 10 * MINUTE }
/** A success so long after a burst belongs to it. */
const AFTERWARDS = HOUR

/** A run of events in a list: both inclusive. */
interface Run {
  from: number
  to: number
}

export interface BurstOptions {
  /** Numbers of users and of addresses that stand for more than one. */
  isMany: { users(user: number): boolean; addresses(address: number): boolean }
  /** Failed logins a millisecond. */
  usualRate: number
}

/** What somebody got in by comes first, then the larger ones. */
export function burstsIn(events: LoginEvents, { isMany, usualRate }: BurstOptions): FoundBurst[] {
  const order = events.sorted()
  const forgiven = mistyped(events, order)
  const successes = {
    users: successesOf(events, order, 'users'),
    addresses: successesOf(events, order, 'addresses'),
  }
  const isTold = new Uint8Array(events.size)
  const found: FoundBurst[] = []
  for (const search of SEARCHES) {
    const { kind, of, span } = search
    const rest = order.filter((event) => isTold[event] === 0)
    for (const [number, list] of groupsOf(events, rest, search)) {
      if (of !== undefined && isMany[of](number)) continue
      const judged = search.forgives ? list.filter((event) => forgiven[event] === 0) : list
      for (const { from, to } of runsOf(events, judged, search, usualRate * span)) {
        const [first, last] = [events.times[judged[from]], events.times[judged[to]]]
        const failures = between(events, list, first, last).filter((event) => events.successes[event] === 0)
        for (const event of failures) isTold[event] = 1
        const user = of === 'users' ? number : undefined
        found.push({ ...burstOf(events, failures, successes, user), kind })
      }
    }
  }
  return found.sort((a, b) => b.succeeded - a.succeeded || b.failed - a.failed || a.first - b.first)
}

/** The events of each address or user that has failures enough, in the order of time. */
function groupsOf(
  events: LoginEvents,
  order: Uint32Array,
  { of, failures }: Search,
): [number, Uint32Array][] {
  if (of === undefined) return [[0, order]]
  const numbers = events[of]
  const counts = new Map<number, { all: number; failed: number; list?: Uint32Array; filled: number }>()
  for (const event of order) {
    const count = counts.get(numbers[event]) ?? { all: 0, failed: 0, filled: 0 }
    counts.set(numbers[event], count)
    count.all++
    count.failed += 1 - events.successes[event]
  }
  for (const event of order) {
    const count = counts.get(numbers[event])
    if (count === undefined || count.failed < failures) continue
    count.list ??= new Uint32Array(count.all)
    count.list[count.filled++] = event
  }
  return [...counts].flatMap(([number, { list }]) =>
    list === undefined ? [] : [[number, list] as const],
  ) as [number, Uint32Array][]
}

interface Seen {
  failed: number
  /** Users that failed and did not succeed; those that did; addresses that failed. */
  failing: number
  succeeding: number
  addresses: number
}

/** Where the window holds what is looked for; what overlaps is one run. */
function runsOf(events: LoginEvents, list: Uint32Array, search: Search, usual: number): Run[] {
  const sliding = new SlidingWindow(events, list)
  const runs: Run[] = []
  for (let to = 0; to < list.length; to++) {
    const from = sliding.take(to, search.span)
    if (events.successes[list[to]] === 1) continue
    const { seen } = sliding
    if (seen.failed < search.failures || !search.isOne(seen, usual)) continue
    const last = runs.at(-1)
    if (last !== undefined && from <= last.to) last.to = to
    else runs.push({ from, to })
  }
  return runs
}

/** Counts what the last so many milliseconds hold. */
class SlidingWindow {
  readonly #events: LoginEvents
  readonly #list: Uint32Array
  readonly #failures = new Map<number, number>()
  readonly #successes = new Map<number, number>()
  readonly #addresses = new Map<number, number>()
  #from = 0
  #failed = 0
  /** Users that have both failed and succeeded. */
  #both = 0

  constructor(events: LoginEvents, list: Uint32Array) {
    this.#events = events
    this.#list = list
  }

  /** Takes the next event and lets go what is too old. Returns where the window begins. */
  take(to: number, span: number): number {
    const { times } = this.#events
    this.#count(this.#list[to], 1)
    while (times[this.#list[to]] - times[this.#list[this.#from]] > span)
      this.#count(this.#list[this.#from++], -1)
    return this.#from
  }

  get seen(): Seen {
    return {
      failed: this.#failed,
      failing: this.#failures.size - this.#both,
      succeeding: this.#successes.size,
      addresses: this.#addresses.size,
    }
  }

  #count(event: number, by: 1 | -1): void {
    const { users, addresses, successes } = this.#events
    const user = users[event]
    const wasBoth = this.#isBoth(user)
    const isSuccess = successes[event] === 1
    add(isSuccess ? this.#successes : this.#failures, user, by)
    if (!isSuccess) add(this.#addresses, addresses[event], by)
    if (!isSuccess) this.#failed += by
    this.#both += Number(this.#isBoth(user)) - Number(wasBoth)
  }

  #isBoth(user: number): boolean {
    return this.#failures.has(user) && this.#successes.has(user)
  }
}

function add(counts: Map<number, number>, key: number, by: number): void {
  const count = (counts.get(key) ?? 0) + by
  if (count === 0) counts.delete(key)
  else counts.set(key, count)
}

/** Numbers of events by time, of each user or address. */
type Successes = Record<'users' | 'addresses', Map<number, number[]>>

function successesOf(
  events: LoginEvents,
  order: Uint32Array,
  of: 'users' | 'addresses',
): Map<number, number[]> {
  const lists = new Map<number, number[]>()
  for (const event of order) {
    if (events.successes[event] === 0) continue
    const list = lists.get(events[of][event])
    if (list === undefined) lists.set(events[of][event], [event])
    else list.push(event)
  }
  return lists
}

/**
 * @param successes what succeeded from the same addresses, then and in the hour after it, counts too
 * @param only of this user alone
 */
function burstOf(
  events: LoginEvents,
  failures: Uint32Array,
  successes: Successes,
  only: number | undefined,
): FoundBurst {
  const users = new Set<number>()
  const addresses = new Set<number>()
  for (const event of failures) {
    users.add(events.users[event])
    addresses.add(events.addresses[event])
  }
  const [first, last] = [events.times[failures[0]], events.times[failures[failures.length - 1]]]
  // Each burst looks at its own alone: there may be as many bursts as users.
  const meanwhile = (list: number[] = []) =>
    list.slice(firstFrom(events, list, first), firstFrom(events, list, last + AFTERWARDS + 1))
  const theirs =
    only === undefined
      ? [...addresses].flatMap((address) => meanwhile(successes.addresses.get(address)))
      : meanwhile(successes.users.get(only)).filter((event) => addresses.has(events.addresses[event]))
  const one = (set: Set<number>) => (set.size === 1 ? [...set][0] : undefined)
  return {
    kind: 'flood',
    address: one(addresses),
    user: one(users),
    failed: failures.length,
    users: users.size,
    addresses: addresses.size,
    succeeded: theirs.length,
    first,
    last,
  }
}

/** The events from one moment to another, both included. */
function between(events: LoginEvents, order: Uint32Array, first: number, last: number): Uint32Array {
  return order.subarray(firstFrom(events, order, first), firstFrom(events, order, last + 1))
}

/** Marks the failures that somebody has mistyped. */
function mistyped({ users, addresses, times, successes, size }: LoginEvents, order: Uint32Array): Uint8Array {
  const marks = new Uint8Array(size)
  /** By user and address: when they succeed next, and how many failures before that were forgiven. */
  const next = new Map<number, { time: number; failures: number }>()
  for (let i = order.length - 1; i >= 0; i--) {
    const event = order[i]
    const pair = users[event] * 2 ** 20 + addresses[event]
    const time = times[event]
    const after = next.get(pair)
    if (successes[event] === 1) next.set(pair, { time, failures: 0 })
    else if (
      after !== undefined &&
      after.failures++ < MISTYPED.failures &&
      after.time - time <= MISTYPED.span
    )
      marks[event] = 1
  }
  return marks
}

/** The first event that is not before a moment. */
function firstFrom({ times }: LoginEvents, order: ArrayLike<number>, moment: number): number {
  let [low, high] = [0, order.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[order[middle]] < moment) low = middle + 1
    else high = middle
  }
  return low
}
