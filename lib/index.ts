export { bindOperation, currentOperation, runOperation, setOperation } from './context.ts'
export { HushlogError, type HushlogErrorCode } from './errors.ts'
export { default, hushlog } from './hushlog.ts'
export { unwrap, type WrapOptions, wrap } from './logger/wrap/wrap.ts'
export { commonLogString } from './request/common-log.ts'
export { errorLogger } from './request/express.ts'
export { type FastifyLoggerOptions, fastifyLogger, fastifyOptions } from './request/fastify.ts'
export { type LoggedRequest, requestLogger } from './request/http.ts'
export type { LoginRoute, RequestOptions } from './request/options.ts'
export { hideSecrets } from './scrub/hide-secrets.ts'
export { createScrubber, type Scrubber } from './scrub/scrubber.ts'
export { type ScrubStream, scrubStream } from './scrub/stream.ts'
export type {
  Audit,
  AuditEvent,
  Extras,
  Hushlog,
  HushlogOptions,
  ScrubOptions,
  Stats,
  StdoutMode,
  StorageOptions,
  StoreStats,
  TokenRule,
} from './types.ts'
