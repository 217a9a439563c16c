import type { IncomingMessage, ServerResponse } from 'node:http'
import { runInside } from '../context.ts'
import type { AnyHushlog, Hushlog } from '../types.ts'
import { isBetterAsTable, keepAsTable } from './as-table.ts'
import { begin, meet } from './lifecycle.ts'
import { checkLogger, type RequestOptions, requestSettings } from './options.ts'
import { expressLike, stateOf } from './state.ts'

/** A request that has passed `requestLogger`. */
export interface LoggedRequest {
  /** Stands in each line of the request as `reqId`, and in the response's header. */
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
>(log: AnyHushlog, options?: RequestOptions<Req, Res>): RequestHandler<Req, Res> {
  checkLogger(log, 'requestLogger')
  const settings = requestSettings(options)
  return function logRequest(req, res, next) {
    if (stateOf(req) === undefined && isBetterAsTable(req)) {
      keepAsTable(req)
      keepAsTable(res)
    }
    const state = begin(log as Hushlog, req, res, settings)
    meet(state, req, expressLike)
    if (next !== undefined) runInside(state.operation, () => next())
  }
}
