import type { IncomingMessage, ServerResponse } from 'node:http'
import { runInside } from '../context.ts'
import type { Hushlog } from '../types.ts'
import { begin, meet } from './lifecycle.ts'
import { checkLogger, type RequestOptions, requestSettings } from './options.ts'
import { expressLike } from './state.ts'

/** A request that has passed `requestLogger`. */
export interface LoggedRequest {
  id: string
  /** Bears the request's id wherever it is called, in callbacks of emitters and pools too. */
  log: Hushlog
}

export type RequestHandler<Req, Res> = (req: Req, res: Res, next?: (error?: unknown) => void) => void

/**
 * Logs requests in Express 4 and 5, Connect and node:http: `app.use(requestLogger(log))`, before whatever should
 * be logged or counted. What `next` leads to runs inside the request's operation.
 *
 * In a plain server the handler is the third argument: `logRequest(req, res, () => handle(req, res))`. Without it
 * only `req.log` logs as the request, for there is no safe way to put the code that follows the call inside:
 * node runs all requests of a connection in one context, where the next one would inherit this one's id.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function requestLogger<
  Req extends IncomingMessage = IncomingMessage,
  Res extends ServerResponse = ServerResponse,
>(log: Hushlog, options?: RequestOptions<Req, Res>): RequestHandler<Req, Res> {
  checkLogger(log, 'requestLogger')
  const settings = requestSettings(options)
  return function logRequest(req, res, next) {
    const state = begin(log, req, res, settings)
    meet(state, req, expressLike)
    if (next !== undefined) runInside(state.operation, () => next())
  }
}
