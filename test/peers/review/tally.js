/**
 * What the generated lines say, counted by whoever makes them: nothing here reads a log. Days are UTC days, by the time
 * of the record.
 */

/** Everything of one set of segments; `JSON.stringify` takes it. */
export function emptyTally() {
  return { days: {}, stories: {}, people: {} }
}

export function dayOf(tally, day) {
  return (tally.days[day] ??= {
    lines: 0,
    bytes: 0,
    /** Records by level. */
    levels: {},
    /** By operation and status; `aborted` is one of them. */
    requests: {},
    /** By operation: how many took so many milliseconds. */
    latencies: {},
    /** By `user address`. */
    failed: {},
    succeeded: 0,
    /** By `action outcome`, and by `actor action outcome`. */
    audits: {},
    actors: {},
    /** By `operation\trule`. */
    markers: {},
    /** Lines of the program by their message. */
    messages: {},
  })
}

export function add(counts, key, more = 1) {
  counts[key] = (counts[key] ?? 0) + more
}

export function addNested(counts, outer, key, more = 1) {
  const inner = (counts[outer] ??= {})
  inner[key] = (inner[key] ?? 0) + more
}

/** All of `from` into `into`: numbers are added, lists joined. */
export function merge(into, from) {
  for (const [key, value] of Object.entries(from)) {
    if (typeof value === 'number') into[key] = (into[key] ?? 0) + value
    else if (Array.isArray(value)) into[key] = [...(into[key] ?? []), ...value]
    else into[key] = merge(into[key] ?? {}, value)
  }
  return into
}

/** The days of a tally from one to another, both included, added up. */
export function period(tally, from, to) {
  const sum = emptyTally()
  const whole = dayOf(sum, 'all')
  for (const [day, counts] of Object.entries(tally.days)) if (day >= from && day <= to) merge(whole, counts)
  return whole
}

/** `a` less `b`, for what is not there any more. What comes to 0 is left out. */
export function without(a, b) {
  const left = {}
  for (const [key, value] of Object.entries(a)) {
    if (typeof value === 'number') {
      const rest = value - (b?.[key] ?? 0)
      if (rest !== 0) left[key] = rest
    } else if (Array.isArray(value)) left[key] = value.filter((item) => !(b?.[key] ?? []).includes(item))
    else left[key] = without(value, b?.[key])
  }
  return left
}
