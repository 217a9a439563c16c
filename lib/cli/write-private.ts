import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { errorCode } from '../errors.ts'
import { printable, usage } from './command.ts'

/**
 * That a file can be put there: nothing is there, or a regular file, which will be replaced.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function checkPlace(option: string, path: string): void {
  const stat = attempt(option, path, () => lstatSync(path, { throwIfNoEntry: false }))
  if (stat !== undefined && !stat.isFile())
    throw usage(
      `--${option}: ${printable(path)} exists and is no regular file`,
      'name a file that may be replaced',
    )
  attempt(option, path, () => lstatSync(dirname(path)))
}

/**
 * Writes a file that we alone may read, whole or not at all.
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function writePrivate(option: string, path: string, text: string): void {
  checkPlace(option, path)
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`)
  attempt(option, path, () => {
    const fd = openSync(temporary, 'wx', 0o600)
    try {
      writeFileSync(fd, text)
      fsyncSync(fd)
      renameSync(temporary, path)
    } catch (error) {
      rmSync(temporary, { force: true })
      throw error
    } finally {
      closeSync(fd)
    }
  })
}

function attempt<T>(option: string, path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw usage(`--${option}: cannot write ${printable(path)}: ${errorCode(error)}`)
  }
}
