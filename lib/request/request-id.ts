import { isRequestId, newId } from '../id.ts'

interface WithHeaders {
  headers: Record<string, string | string[] | undefined>
}

export interface RequestIdSettings<Req, Res> {
  requestIdHeader: string
  trustRequestId: boolean | ((req: Req) => boolean)
  genReqId: ((req: Req, res: Res) => unknown) | undefined
}

/**
 * The id of a request: what `genReqId` gives; else the inbound one, if the caller is trusted; else a new UUID v7.
 * Whatever is no request id (`isRequestId`), or cannot be had because an option function throws, gives a new one.
 */
export function requestId<Req extends WithHeaders, Res>(
  req: Req,
  res: Res,
  settings: RequestIdSettings<Req, Res>,
): string {
  try {
    const id = settings.genReqId ? settings.genReqId(req, res) : trustedId(req, settings)
    if (typeof id === 'string' && isRequestId(id)) return id
    if (typeof id === 'number' && isRequestId(String(id))) return String(id)
  } catch {
    // The request goes on with an id of its own.
  }
  return newId()
}

function trustedId<Req extends WithHeaders>(req: Req, settings: RequestIdSettings<Req, never>): unknown {
  const { trustRequestId } = settings
  if (trustRequestId === false) return undefined
  // The header is read first: most requests bring none, and then nobody needs to be asked.
  const id = req.headers[settings.requestIdHeader.toLowerCase()]
  if (id === undefined) return undefined
  return trustRequestId === true || (typeof trustRequestId === 'function' && trustRequestId(req) === true)
    ? id
    : undefined
}

const VERSION = 2
const TRACE_ID = { from: 3, to: 35 }
const SPAN_ID = { from: 36, to: 52 }
const FLAGS = { from: 53, to: 55 }

/**
 * The ids in a W3C `traceparent` header, or nothing when it is not exactly as the Recommendation says
 * (https://www.w3.org/TR/trace-context/#traceparent-header).
 */
export function parseTraceparent(
  header: string | undefined,
): { traceId: string; spanId: string } | undefined {
  if (header === undefined || header.length < FLAGS.to) return undefined
  const version = header.slice(0, VERSION)
  if (!isHex(version) || version === 'ff') return undefined
  // Version 00 ends after the flags; a later one may go on after another dash.
  if (header.length > FLAGS.to && (version === '00' || header[FLAGS.to] !== '-')) return undefined
  for (const dash of [VERSION, TRACE_ID.to, SPAN_ID.to]) if (header[dash] !== '-') return undefined
  const traceId = header.slice(TRACE_ID.from, TRACE_ID.to)
  const spanId = header.slice(SPAN_ID.from, SPAN_ID.to)
  const valid = isId(traceId) && isId(spanId) && isHex(header.slice(FLAGS.from, FLAGS.to))
  return valid ? { traceId, spanId } : undefined
}

/** What stands in each line of a traced request: `,"trace_id":"…","span_id":"…"`, or nothing. */
export function traceFields(header: string | string[] | undefined): string {
  const trace = parseTraceparent(typeof header === 'string' ? header : undefined)
  return trace === undefined ? '' : `,"trace_id":"${trace.traceId}","span_id":"${trace.spanId}"`
}

/** "All bytes as zero is considered an invalid value", for both ids. */
function isId(text: string): boolean {
  if (!isHex(text)) return false
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== 0x30) return true
  return false
}

/** Lower case only, as the Recommendation has it. */
function isHex(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!((code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66))) return false
  }
  return true
}
