import { sentStatus } from './access-record.ts'
import { attempt } from './attempt.ts'
import { cut } from './escape.ts'
import { pathOf, urlOf } from './operation.ts'
import type { Settings } from './options.ts'
import type { RequestState } from './state.ts'

/*
 * An audit record for each attempt to log in, from the status of the answer: 2xx and 3xx are a success, everything
 * else is a failure whose reason is the status. So are 404 and 429 (no one was let in) and 5xx. An answer whose
 * head went out counts by its status even if the client then left: it has its session, and leaving early must not
 * turn a success into a failure. With no answer at all it is a failure, reason `aborted`.
 */

const MAX_ACTOR = 128
const ACTOR_FIELDS = ['username', 'user', 'email', 'login']

type LoginRoute = Settings['login'][number]

export function auditLogin(state: RequestState): void {
  const { settings, res } = state
  if (settings.login.length === 0 || res === undefined) return
  const route = settings.login.find((login) => isFor(login, state))
  if (route === undefined) return
  const status = sentStatus(res, state.aborted)
  const success = status !== undefined && status >= 200 && status < 400
  const event = { action: 'auth.login', actor: actorOf(route, state), target: route.path }
  const details = { remoteAddress: state.remoteAddress, ...(state.aborted && { aborted: true }) }
  const written = success
    ? state.log.audit({ ...event, outcome: 'success', details })
    : state.log.audit({
        ...event,
        outcome: 'failure',
        reason: status === undefined ? 'aborted' : String(status),
        details,
      })
  // Whoever waits for the log's failures has onError.
  written.catch(() => {})
}

/** By the route's pattern or by the path. Routers take `/LOGIN` and `/%6cogin` too, so those must not pass unseen. */
function isFor(login: LoginRoute, { req, subject, framework }: RequestState): boolean {
  if (req.method !== login.method) return false
  const wanted = comparable(login.path)
  const pattern = attempt(() => framework.pattern(subject as never))
  if (pattern !== undefined && comparable(pattern) === wanted) return true
  const path = pathOf(urlOf(req))
  return comparable(attempt(() => decodeURIComponent(path)) ?? path) === wanted
}

/** In one case, without the slashes that routers overlook. */
function comparable(path: string): string {
  return path
    .toLowerCase()
    .split('/')
    .filter((segment) => segment !== '')
    .join('/')
}

function actorOf({ user }: LoginRoute, { subject, framework }: RequestState): string {
  const named = user === undefined ? undefined : attempt(() => user(subject as never))
  return textOf(named) ?? attempt(() => fromBody(framework.body(subject as never))) ?? 'unknown'
}

function fromBody(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  for (const name of ACTOR_FIELDS) {
    const actor = Object.hasOwn(body, name) ? textOf((body as Record<string, unknown>)[name]) : undefined
    if (actor !== undefined) return actor
  }
  return undefined
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? cut(value, MAX_ACTOR) : undefined
}
