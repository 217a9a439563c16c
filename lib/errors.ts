/** Every failure that hushlog reports, by a code that stays the same from release to release. */
export const ERROR_CODES = {
  HUSHLOG_OPTION: 'an option is unknown, of the wrong type or out of range',
  HUSHLOG_UNAVAILABLE: 'an option or command that this version does not have yet',
  HUSHLOG_DIRECTORY: 'the log directory cannot be used',
  HUSHLOG_WRITE: 'lines could not be written',
  HUSHLOG_FULL: 'the disk is full and lines were dropped',
  HUSHLOG_LOW: 'the disk is nearly full',
  HUSHLOG_LOST: 'lines were lost; a gap record counts them',
  HUSHLOG_REMOVED: 'a segment was removed while it was being written; its lines were written again',
  HUSHLOG_SYNC: 'lines could not be forced to the disk',
  HUSHLOG_DEADLINE: 'an operation took longer than its deadline',
  HUSHLOG_CLOSED: 'the logger has been closed',
  HUSHLOG_WITHHELD: 'a line was withheld because something failed on its way through the gate',
  HUSHLOG_SEAL: 'a segment could not be sealed',
  HUSHLOG_LEDGER: 'the ledger cannot be read or written',
  HUSHLOG_KEY: 'a key that signs the ledger, or one that opens segments, is missing, wrong or open to others',
  HUSHLOG_FOREIGN: 'what lies in open/ is no segment that the keeper takes',
  HUSHLOG_INBOX: 'a request to the keeper was refused',
  HUSHLOG_KEEPER: 'the keeper of a directory cannot start, or is not up',
  HUSHLOG_PRUNE: 'an old segment could not be removed',
  HUSHLOG_CLOCK: 'the clock cannot be trusted, so nothing old is removed',
  HUSHLOG_SHIP: 'what is sealed cannot be shipped, or what was shipped cannot be had back',
  HUSHLOG_LIVE: 'a receiver of live lines misses some; the durable copy has them',
  HUSHLOG_READ: 'a sealed segment cannot be read',
  HUSHLOG_SQL: 'a query is wrong, or takes more memory than it may',
  HUSHLOG_AUDIT: 'an audit event is incomplete',
  HUSHLOG_STDOUT: 'standard output cannot be written',
  HUSHLOG_SECRET: 'captured lines hold a secret',
} as const

export type HushlogErrorCode = keyof typeof ERROR_CODES

/**
 * What hushlog throws at start and hands to `onError` later. The text names the option or the file, what it
 * got and what it takes; it never holds a logged value.
 */
export class HushlogError extends Error {
  readonly code: HushlogErrorCode
  /** What the reader can do about it, when there is something. */
  readonly hint: string | undefined

  constructor(code: HushlogErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HushlogError'
    this.code = code
    this.hint = options.hint
  }
}

const MAX_CODE = 40

/** The `code` of a system error (`ENOSPC`), else the class's name: never the message, which may hold data. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { code } = error as NodeJS.ErrnoException
  return [code, error.name].find(isPlainCode) ?? 'Error'
}

function isPlainCode(code: unknown): code is string {
  if (typeof code !== 'string' || code === '' || code.length > MAX_CODE) return false
  for (let i = 0; i < code.length; i++) {
    const at = code.charCodeAt(i)
    const isLetter = (at | 0x20) >= 0x61 && (at | 0x20) <= 0x7a
    if (!isLetter && at !== 0x5f && !(at >= 0x30 && at <= 0x39)) return false
  }
  return true
}
