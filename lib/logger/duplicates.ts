/**
 * Makes the names at the top of a record unique. pino writes a name twice when a field repeats a binding or a
 * stamp; most readers then take the last, some refuse the line. Here a stamp stands, and the field that would
 * have hidden it moves to its name with `_`; of other names that repeat the last one stays, as in JSON.parse.
 */
const STAMPS = new Set([
  'level',
  'time',
  'service',
  'host',
  'pid',
  'operation',
  'reqId',
  'trace_id',
  'span_id',
])
/** Kinds that only hushlog itself gives to a record. */
const OWN_KINDS = new Set(
  ['access', 'audit', 'gap', 'segment-start', 'segment-end', 'disk', 'clock'].map((kind) => `"${kind}"`),
)

export interface Member {
  name: string
  /** Where its quote opens and where its value ends. */
  start: number
  nameEnd: number
  end: number
}

/** Names that must be looked at closer when a field or a binding bears one. */
export const WATCHED: readonly string[] = [...STAMPS, 'kind', 'msg']

/** What an instrumentation knows better than the stamp, which has it from the request's header. */
const TRACE = new Set(['trace_id', 'span_id'])

/**
 * @param how.trusted whether the record's kind was set by hushlog
 * @param how.traced whether a mixin tells the trace: then its word stands, not the stamp's
 */
export function withoutDuplicates(
  line: string,
  { trusted, traced }: { trusted: boolean; traced: boolean },
): string {
  const members = membersOf(line)
  if (members === undefined) return line
  const isStamp = (name: string) => STAMPS.has(name) && !(traced && TRACE.has(name))
  const last = new Map<string, Member>()
  for (const member of members) if (!isStamp(member.name)) last.set(member.name, member)
  const taken = new Set(members.map(({ name }) => name))
  const tries = new Map<string, number>()
  const seen = new Set<string>()
  const kept: string[] = []
  for (const member of members) {
    const text = line.slice(member.start, member.end)
    const value = line.slice(member.nameEnd + 1, member.end)
    const forged = member.name === 'kind' && !trusted && OWN_KINDS.has(value)
    if (forged || (isStamp(member.name) && seen.has(member.name))) {
      kept.push(`${JSON.stringify(freeName(member.name, taken, tries))}:${value}`)
    } else if (isStamp(member.name) || last.get(member.name) === member) {
      seen.add(member.name)
      kept.push(text)
    }
  }
  return `{${kept.join(',')}}`
}

/** A name that repeats so often is no mistake any more: with a number it stays short. */
const MOST_UNDERSCORES = 8

/** @param tries how many names were tried for each name so far, so that none is tried twice */
function freeName(name: string, taken: Set<string>, tries: Map<string, number>): string {
  let tried = tries.get(name) ?? 0
  let free: string
  do {
    tried++
    free = name + (tried <= MOST_UNDERSCORES ? '_'.repeat(tried) : `_${tried}`)
  } while (taken.has(free))
  tries.set(name, tried)
  taken.add(free)
  return free
}

/** The members of the object that a line of JSON is; nothing when it is no object. Blanks between them are not known. */
export function membersOf(line: string): Member[] | undefined {
  if (line[0] !== '{') return undefined
  const members: Member[] = []
  let at = 1
  while (at < line.length && line[at] === '"') {
    const nameEnd = afterString(line, at)
    const end = afterValue(line, nameEnd + 1)
    members.push({ name: nameOf(line.slice(at, nameEnd)), start: at, nameEnd, end })
    at = end + 1
  }
  return members
}

function nameOf(quoted: string): string {
  return quoted.includes('\\') ? JSON.parse(quoted) : quoted.slice(1, -1)
}

/** Where the string that opens at `at` is closed. */
function afterString(line: string, at: number): number {
  let to = at + 1
  while (to < line.length && line[to] !== '"') to += line[to] === '\\' ? 2 : 1
  return to + 1
}

/** Where the value that starts at `at` ends: at the comma or brace behind it. */
function afterValue(line: string, at: number): number {
  let nesting = 0
  let to = at
  while (to < line.length) {
    const character = line[to]
    if (character === '"') {
      to = afterString(line, to)
      continue
    }
    if (character === '{' || character === '[') nesting++
    else if (nesting === 0 && (character === ',' || character === '}')) return to
    else if (character === '}' || character === ']') nesting--
    to++
  }
  return to
}
