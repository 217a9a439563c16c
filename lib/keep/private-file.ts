import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { errorCode, HushlogError } from '../errors.ts'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const OTHERS = 0o077
const LARGEST = 1024 * 1024

const WORDS: Record<string, string> = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  ELOOP: 'it is a symbolic link',
}

/**
 * The bytes of a file that holds a secret.
 * @throws HushlogError `HUSHLOG_KEY` for a link or a pipe, or when others may read it; what it holds is in no error
 */
export async function readPrivate(path: string): Promise<Buffer> {
  // Without O_NONBLOCK, opening a pipe that somebody put here would wait for ever.
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error) => {
    throw keyFailure(path, `cannot be read: ${WORDS[errorCode(error)] ?? errorCode(error)}`)
  })
  try {
    const { mode, size, ...found } = await handle.stat()
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw keyFailure(path, 'is no regular file')
    if (found.nlink > 1) throw keyFailure(path, 'has more than one name')
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw keyFailure(
        path,
        `can be reached by others (mode 0${(mode & 0o777).toString(8)})`,
        `chmod 600 ${path}`,
      )
    if (size > LARGEST) throw keyFailure(path, 'is too large to be one')
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

export function keyFailure(path: string, what: string, hint?: string): HushlogError {
  return new HushlogError('HUSHLOG_KEY', `key file ${path} ${what}`, hint === undefined ? {} : { hint })
}
