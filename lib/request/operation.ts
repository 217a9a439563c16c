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
}

export interface FastifyLike {
  raw: { method?: string; url?: string; originalUrl?: string }
  is404?: boolean
  routeOptions?: { url?: string }
}

/** The path of a URL, without scheme, host, query and fragment. */
export function pathOf(url: string): string {
  let from = 0
  if (url[0] !== '/') {
    // The absolute form that proxies send (RFC 9112 section 3.2.2).
    const authority = url.slice(0, MAX_READ).indexOf('://')
    if (authority !== -1) from = url.indexOf('/', authority + 3)
    if (from === -1) return '/'
  }
  let to = from
  while (to < url.length && url[to] !== '?' && url[to] !== '#') to++
  return url.slice(from, to)
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
  return cut(`${bareField(method ?? '-', 32)} ${path}`, MAX_PATH)
}

/** The path pattern of an Express request, mount included; nothing while no route is known or it has no text. */
export function expressPattern(req: ExpressLike): string | undefined {
  const pattern = req.route?.path
  if (typeof pattern !== 'string') return undefined
  return cut(`${maskPath(mountOf(req, pattern))}${pattern === '/' ? '' : pattern}` || '/', MAX_PATH)
}

/**
 * The real path under which a route's router is mounted. Express puts `baseUrl` back when a router is left by
 * next(err), so where each segment of the pattern stands for one of the path, those are taken off the whole path.
 */
function mountOf(req: ExpressLike, pattern: string): string {
  if (!isPlain(pattern)) return req.baseUrl ?? ''
  const path = segmentsOf(pathOf(req.originalUrl ?? req.url ?? ''))
  const mount = path.slice(0, Math.max(0, path.length - segmentsOf(pattern).length))
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
  return operationName(req.method, maskPath(req.originalUrl ?? req.url ?? '-'))
}

/**
 * A URL in which each segment whose route parameter has a secret name is replaced: `/reset/:token` makes
 * `/reset/[SECRET:token]`. The pattern is the route's alone or with its mount; both fit from the end.
 */
export function hideSecretSegments(url: string, pattern: unknown, baseUrl = ''): string {
  if (typeof pattern !== 'string') return url
  const secrets = secretsOf(pattern)
  if (secrets.size === 0) return url
  const path = pathOf(url)
  const start = url.indexOf(path)
  const found = segmentsOf(path)
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
 * By how many segments a pattern may stand to the right in a path. Of one that is not plain nobody can say once
 * Express has put `baseUrl` back: both places count, for hiding too much is the better mistake.
 */
function shiftsOf(pattern: string, baseUrl: string, found: number): number[] {
  const fromEnd = found - segmentsOf(pattern).length
  const shifts = isPlain(pattern) ? [fromEnd] : [segmentsOf(baseUrl).length, fromEnd]
  return shifts.filter((shift) => shift >= 0)
}

function placesOf(secrets: Map<number, string>, shifts: number[]): [place: number, rule: string][] {
  const places = new Map<number, string>()
  for (const shift of shifts) for (const [index, rule] of secrets) places.set(index + shift, rule)
  return [...places].sort(([a], [b]) => a - b)
}

const MAX_KNOWN = 1000
const known = new Map<string, Map<number, string>>()

/** Which segments of a pattern are secret, and under which rule. Patterns are the program's own, so few. */
function secretsOf(pattern: string): Map<number, string> {
  const before = known.get(pattern)
  if (before !== undefined) return before
  const secrets = new Map<number, string>()
  segmentsOf(pattern).forEach(({ text }, index) => {
    const rule = parameterNames(text)
      .map(secretName)
      .find((id) => id !== undefined)
    if (rule !== undefined) secrets.set(index, rule)
  })
  if (known.size >= MAX_KNOWN) known.clear()
  known.set(pattern, secrets)
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

/** Whether each segment of a pattern stands for exactly one segment of a path. */
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
