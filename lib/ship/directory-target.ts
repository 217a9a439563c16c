/**
 * A directory on another disk, or one that another machine exports, as a place for what is shipped. It cannot lock:
 * whoever may write it may remove what lies there.
 */
import { createHash, randomUUID } from 'node:crypto'
import { constants, type Dirent, lstatSync, realpathSync, type Stats } from 'node:fs'
import { access, type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { addAbortSignal, Readable } from 'node:stream'
import { errorCode } from '../errors.ts'
import type { DirectoryConfig } from '../ship-config.ts'
import { makePrivate, syncDirectory } from '../store/directory.ts'
import { directoryFailure } from './directory-failure.ts'
import { ShipFailure } from './failure.ts'
import { placeOf } from './place.ts'
import type { ShipObject, ShipTarget, Stored } from './target.ts'

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, R_OK, W_OK, X_OK } = constants
/** Made by the first `check` alone, so that a mount that has gone away is not taken for an empty target. */
const UPLOADS = '.hushlog-uploads'
const TEMPORARY = '.tmp'
const DAY = 86_400_000
const READ_ONLY = 0o400

export class DirectoryTarget implements ShipTarget {
  readonly place: string
  readonly #path: string
  #checked: Promise<void> | undefined
  /** It was there, and ours. */
  #isKnown = false
  /** Folders whose names are on the disk. */
  readonly #synced = new Set<string>()

  constructor(config: DirectoryConfig) {
    this.#path = config.path
    this.place = placeOf({ kind: 'directory', ...config })
  }

  async check(_keepDays?: number, isUsed = false): Promise<void> {
    this.#checked = this.#look(isUsed || this.#isKnown)
    await this.#checked
  }

  async find(object: ShipObject): Promise<Stored | undefined> {
    return (await this.#holds(object)) === 'content' ? {} : undefined
  }

  async put(object: ShipObject, signal?: AbortSignal): Promise<Stored> {
    const { key } = object
    await (this.#checked ?? this.check())
    const found = await this.#holds(object)
    if (found === 'content') return {}
    if (found === 'other')
      throw this.#objectFailure(key, 'something else lies there, and nothing is written over it', {
        isPermanent: true,
        hint: 'find out what has put it there, and move it away',
      })
    const temporary = join(this.#path, UPLOADS, `${randomUUID()}${TEMPORARY}`)
    try {
      await this.#write(temporary, object, signal)
      await this.#makeFolders(key)
      await rename(temporary, this.#pathOf(key))
      await this.#syncFolders(key)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {})
      throw this.#failure(error, key)
    }
    if ((await this.#holds(object)) === 'content') return {}
    throw this.#objectFailure(key, 'what was read back is not what was written')
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    try {
      this.#isDirectory()
      const isOurs = folder === '' || isKey(folder.slice(0, -1))
      if (isOurs && (await this.#oddOf(folder)) === undefined) yield* this.#below(folder, prefix)
    } catch (error) {
      throw this.#failure(error, prefix)
    }
  }

  async get(key: string, sha256: string): Promise<Readable> {
    const handle = await this.#open(key)
    if (handle === undefined) throw this.#objectFailure(key, 'is not there')
    return Readable.from(this.#contentOf(handle, key, sha256), { objectMode: false })
  }

  async *#contentOf(handle: FileHandle, key: string, sha256: string): AsyncGenerator<Buffer> {
    try {
      const other = () => this.#objectFailure(key, 'is not what its name says')
      yield* checked(handle.createReadStream({ autoClose: false }), sha256, other)
    } catch (error) {
      throw this.#failure(error, key)
    } finally {
      await handle.close()
    }
  }

  close(): void {}

  async #look(isUsed: boolean): Promise<void> {
    try {
      this.#isDirectory()
      this.#isApart()
      await access(this.#path, R_OK | W_OK | X_OK)
      if (isUsed && (await this.#lstat(UPLOADS)) === undefined) throw this.#notMounted()
      makePrivate(join(this.#path, UPLOADS))
      await this.#isFolder(`${UPLOADS}/`)
      await this.#removeLeftOver()
      this.#isKnown = true
    } catch (error) {
      throw this.#failure(error)
    }
  }

  /** A mount that is not mounted must not be filled: a directory that is not there is not made. */
  #isDirectory(): void {
    const stat = lstatSync(this.#path)
    if (stat.isDirectory()) return
    const what = stat.isSymbolicLink() ? 'it is a symbolic link' : 'it is no directory'
    throw this.#targetFailure(what, 'name the directory itself')
  }

  /** Whoever mounts it ends it: it is no failure for good. */
  #notMounted(): ShipFailure {
    return new ShipFailure(`${this.place}: what was shipped there before is gone`, {
      scope: 'target',
      hint: `is it mounted? if the disk is a new one, make the folder ${UPLOADS} on it`,
    })
  }

  #isApart(): void {
    for (let path = realpathSync(this.#path); dirname(path) !== path; path = dirname(path))
      if (isLogDirectory(path))
        throw this.#targetFailure(
          'it lies in a log directory',
          'what is kept beside the logs is lost with them: name a directory on another disk',
        )
  }

  /** What uploads have left that were broken off. */
  async #removeLeftOver(): Promise<void> {
    const folder = join(this.#path, UPLOADS)
    for (const name of await readdir(folder)) {
      const path = join(folder, name)
      const stat = await lstat(path).catch(() => undefined)
      if (stat?.isFile() && name.endsWith(TEMPORARY) && stat.mtimeMs < Date.now() - DAY)
        await rm(path, { force: true })
    }
  }

  /** What lies under a key: the content, something else, or nothing. */
  async #holds({ key, sha256, bytes }: ShipObject): Promise<'content' | 'other' | undefined> {
    const handle = await this.#open(key)
    if (handle === undefined) return undefined
    try {
      const { size } = await handle.stat()
      if (size !== bytes) return 'other'
      const hash = createHash('sha256')
      for await (const chunk of handle.createReadStream({ autoClose: false })) hash.update(chunk)
      return hash.digest('hex') === sha256 ? 'content' : 'other'
    } catch (error) {
      throw this.#failure(error, key)
    } finally {
      await handle.close()
    }
  }

  /** A regular file; undefined when there is nothing. */
  async #open(key: string): Promise<FileHandle | undefined> {
    const path = this.#pathOf(key)
    try {
      this.#isDirectory()
      if (!(await this.#isFolder(folderOf(key)))) return undefined
      if ((await this.#lstat(key)) === undefined) return undefined
      const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      if ((await handle.stat()).isFile()) return handle
      await handle.close()
    } catch (error) {
      throw this.#failure(error, key)
    }
    throw this.#objectFailure(key, 'it is no file', { isPermanent: true })
  }

  async #write(
    path: string,
    { key, sha256, open: content }: ShipObject,
    signal?: AbortSignal,
  ): Promise<void> {
    const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    const source = content()
    // Who reads it is told of it; when it is broken off before that, nobody listens yet.
    source.on('error', () => {})
    if (signal !== undefined) addAbortSignal(signal, source)
    try {
      const changed = () => this.#objectFailure(key, 'what is to be shipped is not what it was')
      for await (const chunk of checked(source, sha256, changed)) await handle.writeFile(chunk)
      await handle.chmod(READ_ONLY)
      await handle.sync()
    } finally {
      source.destroy()
      await handle.close()
    }
  }

  async #makeFolders(key: string): Promise<void> {
    for (const folder of foldersTo(key)) {
      makePrivate(join(this.#path, folder))
      await this.#isFolder(`${folder}/`)
    }
  }

  /** A folder of an earlier process may not be on the disk yet. */
  async #syncFolders(key: string): Promise<void> {
    const folders = foldersTo(key)
    await syncDirectory(join(this.#path, folders.at(-1) ?? ''))
    for (const folder of folders.reverse()) {
      if (this.#synced.has(folder)) continue
      await syncDirectory(dirname(join(this.#path, folder)))
      this.#synced.add(folder)
    }
  }

  /** False when one of the folders on the way is not there. @throws ShipFailure for what is no folder, as a link */
  async #isFolder(folder: string): Promise<boolean> {
    const odd = await this.#oddOf(folder)
    if (odd === undefined || odd === 'gone') return odd === undefined
    throw this.#objectFailure(folder, odd, { isPermanent: true })
  }

  /** What is wrong on the way to a folder that ends in a slash: a link would lead elsewhere. */
  async #oddOf(folder: string): Promise<'gone' | string | undefined> {
    for (const path of foldersTo(folder)) {
      const stat = await this.#lstat(path)
      if (stat === undefined) return 'gone'
      if (!stat.isDirectory()) return `${path} is ${stat.isSymbolicLink() ? 'a symbolic link' : 'no folder'}`
    }
    return undefined
  }

  async #lstat(path: string): Promise<Stats | undefined> {
    try {
      return await lstat(join(this.#path, path))
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined
      throw error
    }
  }

  async *#below(folder: string, prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    for (const entry of await entriesOf(join(this.#path, folder))) {
      const key = `${folder}${entry.name}`
      if (key === UPLOADS || !isWithin(entry.isDirectory() ? `${key}/` : key, prefix)) continue
      if (entry.isDirectory()) yield* this.#below(`${key}/`, prefix)
      else if (entry.isFile()) {
        const stat = await this.#lstat(key)
        if (stat?.isFile()) yield { key, bytes: stat.size }
      }
    }
  }

  #pathOf(key: string): string {
    if (isKey(key)) return join(this.#path, key)
    throw this.#objectFailure(key, 'is no key that a directory can hold', { isPermanent: true })
  }

  #failure(error: unknown, key?: string): ShipFailure {
    return error instanceof ShipFailure ? error : directoryFailure(this.place, error, key)
  }

  #targetFailure(what: string, hint: string): ShipFailure {
    return new ShipFailure(`${this.place}: ${what}`, { scope: 'target', isPermanent: true, hint })
  }

  #objectFailure(
    key: string,
    what: string,
    more: { isPermanent?: boolean; hint?: string } = {},
  ): ShipFailure {
    return new ShipFailure(`${this.place}: ${JSON.stringify(key)}: ${what}`, { scope: 'object', ...more })
  }
}

/** Passes a content on, and fails at its end when it is another. */
async function* checked(
  source: AsyncIterable<Buffer>,
  sha256: string,
  other: () => Error,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256')
  for await (const chunk of source) {
    hash.update(chunk)
    yield chunk
  }
  if (hash.digest('hex') !== sha256) throw other()
}

/** Whether a text is a key that leads to nothing but a file of ours below the directory. */
function isKey(text: string): boolean {
  const parts = text.split('/')
  const isPath = parts.every((part) => part !== '' && part !== '.' && part !== '..')
  return isPath && parts[0] !== UPLOADS && !text.includes('\0') && !text.includes('\\')
}

/** `a`, `a/b`: the folders on the way to a key, or to a folder that ends in a slash. */
function foldersTo(key: string): string[] {
  const parts = key.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1)
}

/** Whether a key, or some key in a folder that ends in a slash, begins with the prefix. */
function isWithin(path: string, prefix: string): boolean {
  return path.startsWith(prefix) || (path.endsWith('/') && prefix.startsWith(path))
}

/** In the order in which their keys stand. A name that is no text is none of ours. */
async function entriesOf(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const keyed = entries.map((entry) => ({
    entry,
    key: Buffer.from(entry.isDirectory() ? `${entry.name}/` : entry.name),
  }))
  const ours = keyed.filter(({ entry: { name } }) => !name.includes('\ufffd') && !name.includes('\\'))
  return ours.sort((a, b) => a.key.compare(b.key)).map(({ entry }) => entry)
}

function isLogDirectory(path: string): boolean {
  return ['open', 'sealed', 'ledger'].every((name) =>
    lstatSync(join(path, name), { throwIfNoEntry: false })?.isDirectory(),
  )
}
