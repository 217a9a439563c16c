import { HushlogError } from '../errors.ts'

export function sealFailure(path: string, what: string, cause?: unknown, hint?: string): HushlogError {
  const text = `cannot seal ${path}: ${what}`
  return new HushlogError('HUSHLOG_SEAL', text, { cause, ...(hint === undefined ? {} : { hint }) })
}

/**
 * The most that may follow the last whole line. A crash breaks off one line, and the store holds no more than 8 MB of
 * lines; what is longer somebody else has written, and a file with holes in it takes no room where it lies.
 */
export const LONGEST_TAIL: number = 16 * 1024 * 1024

export function longTail(path: string): HushlogError {
  const hint = 'find out what has written it; cut it off and start the keeper anew to have the rest sealed'
  return sealFailure(path, `over ${LONGEST_TAIL} bytes follow its last whole line`, undefined, hint)
}

/** Another try would come to the same. Told by its text: the thread that seals hands on no more. */
export function isFinal(error: unknown, path: string): boolean {
  return error instanceof HushlogError && error.message === longTail(path).message
}
