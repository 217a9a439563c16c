/**
 * The directory that is restored into: a log directory that nobody logs into, with a file that says where it is from.
 */
import { randomUUID } from 'node:crypto'
import { constants, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { type FileHandle, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errorCode, HushlogError } from '../../errors.ts'
import { fileHash } from '../../keep/file-hash.ts'
import { isLive, RESTORED } from '../../keep/restored.ts'
import { makePrivate, prepareDirectory, syncDirectory } from '../../store/directory.ts'

const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants
const WORK = '.restore'
const TEMPORARY = '.tmp'
const PRIVATE = 0o600
const READ_ONLY = 0o400

export class RestoredDirectory {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  /**
   * Makes it, or takes one into which the same ledger was restored before.
   * @param ledger `hushlog/…`
   * @throws HushlogError `HUSHLOG_DIRECTORY`
   */
  static async open(dir: string, ledger: string, from: string): Promise<RestoredDirectory> {
    const path = resolve(dir)
    await checkPlace(path, ledger)
    usable(path, () => makePrivate(path))
    const restored = new RestoredDirectory(path)
    await restored.write(RESTORED, [Buffer.from(`${JSON.stringify({ v: 1, ledger, from })}\n`)], PRIVATE)
    prepareDirectory(path, { explicit: true })
    await restored.write('.gitignore', [Buffer.from('*\n')], PRIVATE)
    await restored.#removeLeftOver()
    return restored
  }

  /** A file of its own for the time of the work. */
  async scratch(): Promise<{ file: FileHandle; remove(): Promise<void> }> {
    const path = this.#temporary()
    const file = await open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE)
    const remove = async () => {
      await file.close()
      await rm(path, { force: true })
    }
    return { file, remove }
  }

  /** A small file, or nothing. */
  text(path: string): Promise<string> {
    return readFile(join(this.path, path), 'utf8').catch(() => '')
  }

  /** Whether a file is there already, and is what it should be. */
  async has(path: string, sha256: string): Promise<boolean> {
    return (await fileHash(join(this.path, path))).sha256 === sha256
  }

  /**
   * Writes a file whole, in place of what is there, and makes the folders on the way.
   * @throws what the content throws, and HushlogError `HUSHLOG_DIRECTORY`; then what was there is there still
   */
  async write(
    path: string,
    content: Iterable<Buffer> | AsyncIterable<Buffer>,
    mode: number = READ_ONLY,
  ): Promise<void> {
    const temporary = this.#temporary()
    try {
      makePrivate(join(this.path, WORK))
      const file = await open(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, PRIVATE)
      try {
        for await (const chunk of content) await file.writeFile(chunk)
        await file.chmod(mode)
        await file.sync()
      } finally {
        await file.close()
      }
      await this.#moveTo(path, temporary)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error instanceof HushlogError
        ? error
        : refusal(this.path, `cannot be written (${errorCode(error)})`, error)
    }
  }

  /** When all is done. */
  async close(): Promise<void> {
    await rm(join(this.path, WORK), { recursive: true, force: true })
  }

  #temporary(): string {
    return join(this.path, WORK, `${randomUUID()}${TEMPORARY}`)
  }

  async #moveTo(path: string, temporary: string): Promise<void> {
    const parts = dirname(path).split('/')
    const folders = parts.map((_, i) => join(this.path, ...parts.slice(0, i + 1)))
    const made = folders.filter((folder) => makePrivate(folder))
    await rename(temporary, join(this.path, path))
    for (const folder of [dirname(join(this.path, path)), ...made.map((folder) => dirname(folder))])
      await syncDirectory(folder)
  }

  async #removeLeftOver(): Promise<void> {
    for (const name of await readdir(join(this.path, WORK)))
      if (name.endsWith(TEMPORARY)) await rm(join(this.path, WORK, name), { force: true })
  }
}

async function checkPlace(path: string, ledger: string): Promise<void> {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return
  if (!stat.isDirectory())
    throw refusal(path, stat.isSymbolicLink() ? 'is a symbolic link' : 'is no directory')
  if (await isLive(path)) throw refusal(path, 'is logged into: there are open segments or a private key')
  const names = usable(path, () => readdirSync(path))
  const former = names.includes(RESTORED) ? ledgerIn(join(path, RESTORED)) : undefined
  if (former === undefined && names.some((name) => name !== WORK)) throw refusal(path, 'is not empty')
  if (former !== undefined && former !== ledger)
    throw refusal(path, 'holds what was restored of another ledger')
}

function ledgerIn(path: string): string | undefined {
  try {
    const { ledger } = JSON.parse(readFileSync(path, 'utf8'))
    return String(ledger)
  } catch {
    return undefined
  }
}

function usable<T>(path: string, use: () => T): T {
  try {
    return use()
  } catch (error) {
    throw refusal(path, `cannot be made or read (${errorCode(error)})`, error)
  }
}

function refusal(path: string, got: string, cause?: unknown): HushlogError {
  return new HushlogError(
    'HUSHLOG_DIRECTORY',
    `${path} ${got}; it takes a new directory, or a former restore`,
    {
      hint: 'name a directory that is not there yet, on a disk with room',
      cause,
    },
  )
}
