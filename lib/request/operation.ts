import { secretName } from '../scrub/key-rules.ts'
import { bareField, cut } from './escape.ts'
import { looksLikeId } from './path-id.ts'

/*
 * What a request is called: its method and the pattern of its route, else its path with the ids masked. Never the
 * query.
 */

const MAX_PATH = 200
/** How much of a path is looked at. Longer ones are cut before the work starts. */
const MAX_READ = 2048

export interface ExpressLike {
  method?: string
  url?: string
  originalUrl?: string
  baseUrl?: string
  route?: { path?: unknown }
  params?: unknown
}

export interface FastifyLike {
  raw: { method?: string; url?: string; originalUrl?: string }
  is404?: boolean
  routeOptions?: { url?: string }
}

/** The URL as it came, whatever a router has taken off; empty when the program has put something else there. */
export function urlOf({ originalUrl, url }: { originalUrl?: unknown; url?: unknown }): string {
  if (typeof originalUrl === 'string') return originalUrl
  return typeof url === 'string' ? url : ''
}

/** The path of a URL, without scheme, host, query and fragment. */
export function pathOf(url: string): string {
  const { from, to } = pathIn(url)
  return from === -1 ? '/' : url.slice(from, to)
}

/** Where the path stands in a URL; `from` is -1 where there is none. */
function pathIn(url: string): { from: number; to: number } {
  let from = 0
  if (url[0] !== '/') {
    // The absolute form that proxies send (RFC 9112 section 3.2.2).
    const authority = url.slice(0, MAX_READ).indexOf('://')
    if (authority !== -1) from = url.indexOf('/', authority + 3)
    if (from === -1) return { from, to: from }
  }
  let to = from
  while (to < url.length && !isPathEnd(url.charCodeAt(to))) to++
  return { from, to }
}

/** A question mark or a number sign. */
function isPathEnd(code: number): boolean {
  return code === 0x3f || code === 0x23
}

/**
 * A path with `:id` where an id stands: numbers, UUIDs, long hexadecimal or mixed segments, e-mail addresses and
 * whatever is over 40 characters. At most 200 characters, none of them a control character or a space.
 */
export function maskPath(path: string): string {
  const segments = pathOf(path).slice(0, MAX_READ).split('/')
  const masked = segments.map((segment) => maskSegment(segment)).join('/')
  return cut(masked, MAX_PATH)
}

function maskSegment(segment: string): string {
  // What follows a semicolon is a parameter of the segment (RFC 3986 section 3.3), often a session id.
  const semicolon = segment.indexOf(';')
  const name = semicolon === -1 ? segment : segment.slice(0, semicolon)
  return looksLikeId(name) ? ':id' : bareField(name, MAX_PATH)
}

/** `GET /orders/:id`. */
export function operationName(method: string | undefined, path: string): string {
  return cut(`${bareField(String(method ?? '-'), 32)} ${path}`, MAX_PATH)
}

/** The path pattern of an Express request, mount included; nothing while no route is known or it has no text. */
export function expressPattern(req: ExpressLike): string | undefined {
  const pattern = req.route?.path
  if (typeof pattern !== 'string') return undefined
  const mount = withSecretParams(mountOf(req, pattern), req.params, (name) => `:${name}`)
  const masked = mount === '' ? '' : maskPath(mount)
  return cut(`${masked}${pattern === '/' ? '' : pattern}` || '/', MAX_PATH)
}

/**
 * The real path under which a route's router is mounted. Express puts `baseUrl` back when a router is left by
 * next(err), so where each segment of the pattern stands for one of the path, those are taken off the whole path.
 */
function mountOf(req: ExpressLike, pattern: string): string {
  const { isPlain, segments } = factsOf(pattern)
  if (!isPlain) return typeof req.baseUrl === 'string' ? req.baseUrl : ''
  const path = pathOf(urlOf(req))
  const mounted = countSegments(path) - segments
  if (mounted <= 0) return ''
  const mount = segmentsOf(path).slice(0, mounted)
  return mount.map(({ text }) => `/${text}`).join('')
}

export function expressOperation(req: ExpressLike): string | undefined {
  const pattern = expressPattern(req)
  return pattern === undefined ? undefined : operationName(req.method, pattern)
}

/** The path pattern of a Fastify request; nothing when no route was found. */
export function fastifyPattern(request: FastifyLike): string | undefined {
  return request.is404 === true ? undefined : request.routeOptions?.url
}

export function fastifyOperation(request: FastifyLike): string | undefined {
  const pattern = fastifyPattern(request)
  return pattern === undefined ? undefined : operationName(request.raw.method, pattern)
}

/** Method and masked path: the name of a request whose route nobody knows. */
export function pathOperation(req: ExpressLike): string {
  const path = withSecretParams(pathOf(urlOf(req) || '-'), req.params, (name) => `:${name}`)
  return operationName(req.method, maskPath(path))
}

/**
 * A URL in which each segment whose route parameter has a secret name is replaced: `/reset/:token` makes
 * `/reset/[SECRET:token]`. The pattern is the route's alone or with its mount; both fit from the end.
 */
export function hideSecretSegments(url: string, pattern: unknown, baseUrl = ''): string {
  if (typeof pattern !== 'string') return url
  const { secrets } = factsOf(pattern)
  if (secrets.size === 0) return url
  const { from: start, to } = pathIn(url)
  if (start === -1) return url
  const found = segmentsOf(url.slice(start, to))
  let result = ''
  let done = 0
  for (const [index, rule] of placesOf(secrets, shiftsOf(pattern, baseUrl, found.length))) {
    const segment = found[index]
    if (segment === undefined) continue
    result += `${url.slice(done, start + segment.at)}[SECRET:${rule}]`
    done = start + segment.at + segment.text.length
  }
  return result + url.slice(done)
}

/**
 * A URL in which each segment that is the value of a parameter with a secret name is replaced by what `replace` makes
 * of the name and its rule. For patterns that nobody can read: of a mount, or a regular expression's.
 */
export function withSecretParams(
  url: string,
  params: unknown,
  replace: (name: string, rule: string) => string,
): string {
  if (url === '' || typeof params !== 'object' || params === null) return url
  const secrets = new Map<string, string>()
  for (const name of Object.keys(params)) {
    const rule = secretName(name)
    if (rule === undefined) continue
    for (const text of segmentsOfParam((params as Record<string, unknown>)[name]))
      secrets.set(text, replace(name, rule))
  }
  return secrets.size === 0 ? url : replaceSegments(url, (segment) => secrets.get(decoded(segment)))
}

/** Text, or an array of it for a wildcard of Express 5. */
function segmentsOfParam(value: unknown): string[] {
  const texts = Array.isArray(value) ? value : [value]
  return texts.flatMap((text) => (typeof text === 'string' ? text.split('/').filter(Boolean) : []))
}

function replaceSegments(url: string, replacement: (segment: string) => string | undefined): string {
  const { from, to } = pathIn(url)
  if (from === -1) return url
  const segments = url.slice(from, to).split('/')
  return url.slice(0, from) + segments.map((text) => replacement(text) ?? text).join('/') + url.slice(to)
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/**
 * By how many segments a pattern may stand to the right in a path. Of one that is not plain nobody can say once
 * Express has put `baseUrl` back: both places count, for hiding too much is the better mistake.
 */
function shiftsOf(pattern: string, baseUrl: string, found: number): number[] {
  const { isPlain, segments } = factsOf(pattern)
  const fromEnd = found - segments
  const shifts = isPlain ? [fromEnd] : [countSegments(baseUrl), fromEnd]
  return shifts.filter((shift) => shift >= 0)
}

function placesOf(secrets: Map<number, string>, shifts: number[]): [place: number, rule: string][] {
  const places = new Map<number, string>()
  for (const shift of shifts) for (const [index, rule] of secrets) places.set(index + shift, rule)
  return [...places].sort(([a], [b]) => a - b)
}

interface PatternFacts {
  /** Which segments are secret, and under which rule. */
  secrets: Map<number, string>
  /** How many segments there are. */
  segments: number
  /** Each segment stands for exactly one segment of a path. */
  isPlain: boolean
}

const MAX_KNOWN = 1000
const known = new Map<string, PatternFacts>()

/** Patterns are the program's own, so few. */
function factsOf(pattern: string): PatternFacts {
  const before = known.get(pattern)
  if (before !== undefined) return before
  const facts = { secrets: secretsOf(pattern), segments: countSegments(pattern), isPlain: isPlain(pattern) }
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(pattern, facts)
  return facts
}

function secretsOf(pattern: string): Map<number, string> {
  const secrets = new Map<number, string>()
  segmentsOf(pattern).forEach(({ text }, index) => {
    const rule = parameterNames(text)
      .map(secretName)
      .find((id) => id !== undefined)
    if (rule !== undefined) secrets.set(index, rule)
  })
  return secrets
}

/** The names after each `:` or `*` in one segment of a pattern: `:from-:to` has two. */
function parameterNames(segment: string): string[] {
  const names: string[] = []
  for (let i = 0; i < segment.length; i++) {
    if (segment[i] !== ':' && segment[i] !== '*') continue
    let end = i + 1
    while (end < segment.length && isWord(segment.charCodeAt(end))) end++
    if (end > i + 1) names.push(segment.slice(i + 1, end))
    i = end - 1
  }
  return names
}

function isWord(code: number): boolean {
  const letter = code | 0x20
  return (
    (letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x24
  )
}

function isPlain(pattern: string): boolean {
  for (const character of pattern) if ('*?+(){}[]'.includes(character)) return false
  return true
}

/** The segments that are not empty, and where they stand. */
function segmentsOf(path: string): { text: string; at: number }[] {
  const segments: { text: string; at: number }[] = []
  for (let from = 0; from < path.length; ) {
    let to = path.indexOf('/', from)
    if (to === -1) to = path.length
    if (to > from) segments.push({ text: path.slice(from, to), at: from })
    from = to + 1
  }
  return segments
}

/** How many segments are not empty. */
function countSegments(path: string): number {
  let count = 0
  let before = 0x2f
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i)
    if (code !== 0x2f && before === 0x2f) count++
    before = code
  }
  return count
}
