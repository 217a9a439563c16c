/**
 * What is written under another name, and gets its own when it is whole.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { errorCode, HushlogError } from '../../errors.ts'
import { flushAtExit } from '../../exit.ts'

export interface Unfinished {
  /** Absolute. */
  path: string
  keep(): void
  /** Takes away what was not kept. It goes away too when the process ends. */
  remove(): void
}

/** @throws HushlogError `HUSHLOG_OPTION` when it is there already, or cannot be made */
export function newFile(file: string): Unfinished {
  return unfinished(file, {
    make: (path) => writeFileSync(path, '', { flag: 'wx', mode: 0o600 }),
    // Unlike rename, it replaces nothing.
    keep: (path, to) => linkSync(path, to),
  })
}

/** @throws HushlogError `HUSHLOG_OPTION` when it is there already, or cannot be made */
export function newFolder(folder: string): Unfinished {
  return unfinished(folder, {
    make: (path) => mkdirSync(path, { mode: 0o700 }),
    // A folder replaces no file, and no folder that holds something.
    keep: (path, to) => renameSync(path, to),
  })
}

interface Making {
  make(path: string): void
  keep(path: string, to: string): void
}

function unfinished(name: string, { make, keep }: Making): Unfinished {
  const to = resolve(name)
  if (lstatSync(to, { throwIfNoEntry: false }) !== undefined) throw cannotWrite(name, 'it is there already')
  const path = join(dirname(to), `.${basename(to)}.${randomUUID()}.tmp`)
  const attempt = (step: () => void) => {
    try {
      step()
    } catch (error) {
      const code = errorCode(error)
      throw cannotWrite(name, code === 'EEXIST' ? 'it is there already' : code)
    }
  }
  attempt(() => make(path))
  const erase = () => rmSync(path, { recursive: true, force: true })
  const forget = flushAtExit(erase)
  return {
    path,
    keep: () => attempt(() => keep(path, to)),
    remove() {
      erase()
      forget()
    },
  }
}

function cannotWrite(name: string, why: string): HushlogError {
  return new HushlogError('HUSHLOG_OPTION', `cannot write ${name}: ${why}`)
}
