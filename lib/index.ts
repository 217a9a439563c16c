export { bindOperation, currentOperation, runOperation, setOperation } from './context.ts'
export { HushlogError, type HushlogErrorCode } from './errors.ts'
export { default, hushlog } from './hushlog.ts'
export {
  type Action,
  type ActionEvent,
  type ActionRule,
  type ActionRules,
  type Actions,
  type AuditLogger,
  defineActions,
} from './logger/actions.ts'
export { type AuditDiff, type AuditDiffOptions, auditDiff } from './logger/audit-diff.ts'
export { type NestLogger, nestLogger } from './logger/nest.ts'
export { commonLogString } from './request/common-log.ts'
export { errorLogger } from './request/express.ts'
export { type FastifyLoggerOptions, fastifyLogger, fastifyOptions } from './request/fastify.ts'
export { type HonoContextLike, type HonoVariables, honoLogger } from './request/hono.ts'
export { type LoggedRequest, requestLogger } from './request/http.ts'
export { type KoaContextLike, koaLogger } from './request/koa.ts'
export type { AdapterOptions, LoginRoute, RequestOptions } from './request/options.ts'
export { type UpgradeHandler, upgradeLogger } from './request/upgrade.ts'
export { hideSecrets } from './scrub/hide-secrets.ts'
export { createScrubber, type Scrubber } from './scrub/scrubber.ts'
export { type ScrubStream, scrubStream } from './scrub/stream.ts'
export type { SecretChecks } from './testing/assert-no-secrets.ts'
export { type Captured, type CaptureOptions, type CapturingLog, captureLogs } from './testing/capture.ts'
export type { CapturedRecord } from './testing/memory-sink.ts'
export type {
  AnyHushlog,
  Audit,
  AuditEvent,
  Extras,
  Hushlog,
  HushlogOptions,
  S3Options,
  ScrubOptions,
  ShipOptions,
  ShipStats,
  Stats,
  StdoutMode,
  StorageOptions,
  StoreStats,
  SyslogOptions,
  SyslogTlsOptions,
  TargetStats,
  TokenRule,
} from './types.ts'
export { unwrap, type WrapOptions, wrap } from './wrap.ts'
