import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AnyHushlog, Hushlog } from '../types.ts'
import type { LoggedRequest } from './http.ts'
import { checkLogger } from './options.ts'
import { stateOf } from './state.ts'

declare global {
  // What @types/express takes a Request's properties from; where it is not installed this is an empty name.
  namespace Express {
    interface Request extends LoggedRequest {}
  }
}

export type ErrorHandler<Req = IncomingMessage, Res = ServerResponse> = (
  error: unknown,
  req: Req,
  res: Res,
  next: (error?: unknown) => void,
) => void

/**
 * Keeps the real error of a failed request for its access record: `app.use(errorLogger(log))` after the routes and
 * before error handlers of your own. The error goes on to the next one. Where no `requestLogger` has seen the
 * request, the error is logged by itself.
 */
export function errorLogger<
  Req extends IncomingMessage = IncomingMessage,
  Res extends ServerResponse = ServerResponse,
>(log: AnyHushlog): ErrorHandler<Req, Res> {
  checkLogger(log, 'errorLogger')
  // Express knows an error handler by its four parameters.
  return function logError(error, req, _res, next) {
    const state = stateOf(req)
    if (state === undefined) (log as Hushlog).error({ err: error }, 'request failed')
    else state.err ??= error
    next(error)
  }
}
