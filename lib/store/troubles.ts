import { errorCode, HushlogError } from '../errors.ts'

/*
 * What can be wrong with a disk, in the words that `onError` and gap records have for it.
 */

const FULL = new Set(['ENOSPC', 'EDQUOT'])

export function isFull(code: string): boolean {
  return FULL.has(code)
}

/** The system's code, also of an error that we have put into words. */
export function causeOf(error: unknown): string {
  return errorCode(error instanceof HushlogError && error.cause !== undefined ? error.cause : error)
}

export function lowDisk(dir: string, free: number | undefined, maxSize: number): HushlogError {
  const text = `the disk of ${dir} is nearly full: ${free} bytes are free`
  const hint = `make room: it takes twice storage.maxSize (${maxSize} bytes), for a segment and its sealed copy`
  return new HushlogError('HUSHLOG_LOW', text, { hint })
}

export function restored(path: string, lines: number): HushlogError {
  const text = `${path} was removed while it was being written; its ${lines} lines were written again`
  return new HushlogError('HUSHLOG_REMOVED', text, {
    hint: 'close() the logger before its directory is removed',
  })
}

/** @param waiting how many bytes of lines may wait in memory */
export function cannotWrite(code: string, place: string, problem: string, waiting: number): HushlogError {
  const kind = isFull(code) ? 'HUSHLOG_FULL' : 'HUSHLOG_WRITE'
  const text = `cannot write ${place}: ${problem}; up to ${waiting} bytes of lines wait in memory`
  const hint = isFull(code) ? 'make room; writing goes on by itself' : 'writing goes on by itself when it can'
  return new HushlogError(kind, text, { hint })
}

/** As it stands in gap records. */
export function reasonOf(code: string): string {
  return isFull(code) ? `disk full (${code})` : `write failed (${code})`
}
