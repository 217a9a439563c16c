import { constants, readdirSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { parseSegmentName } from '../store/segment.ts'
import { wholeLines } from './lines.ts'
import { openSealed } from './sealed-file.ts'

export interface ReadLine {
  /** The segment's name. */
  name: string
  sealed: boolean
  line: string
}

export interface ReadOptions {
  /** What opens encrypted segments, as `loadIdentities` returns them. */
  identities?: readonly string[]
  /** Told of each encrypted segment when there are no identities; it is then left out. Without it that is an error. */
  onEncrypted?(name: string): void
}

export interface Segment {
  name: string
  path: string
  sealed: boolean
  encrypted: boolean
  /** When it was opened, milliseconds since the epoch, and the number that tells those of one moment apart. */
  stamp: number
  counter: number
}

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants
const SEALED = '.gz'
const ENCRYPTED = '.age'

/**
 * All lines, of sealed and of open segments, in the order in which the segments were opened. Lines that are
 * appended meanwhile may be left out, and so is a line that is not whole yet.
 * @throws HushlogError `HUSHLOG_READ` when a sealed segment is damaged, `HUSHLOG_KEY` when none of the identities opens
 * an encrypted one
 */
export async function* readSegments(dir: string, options: ReadOptions = {}): AsyncGenerator<ReadLine> {
  const { identities = [], onEncrypted } = options
  for (const segment of listSegments(dir)) {
    const { name, sealed } = segment
    if (segment.encrypted && identities.length === 0 && onEncrypted !== undefined) {
      onEncrypted(name)
      continue
    }
    for await (const lines of wholeLines(segmentText(dir, segment, identities))) {
      for (const line of lines) yield { name, sealed, line: line.toString() }
    }
  }
}

/** The segments of a directory in the order in which they were opened. */
export function listSegments(dir: string): Segment[] {
  const byName = new Map(listSegmentFiles(dir).map((segment) => [segment.name, segment]))
  return [...byName.values()].sort(inOrderOfOpening)
}

/** All files of segments: one that is being sealed has two, and somebody may have put others there. Open ones first. */
export function listSegmentFiles(dir: string): Segment[] {
  // In this order what is sealed between the two listings is found twice, not missed.
  const unsealed = openSegments(dir)
  return [...unsealed, ...sealedSegments(dir)]
}

export function inOrderOfOpening(a: Segment, b: Segment): number {
  return a.stamp - b.stamp || a.counter - b.counter || (a.name < b.name ? -1 : Number(a.name > b.name))
}

function openSegments(dir: string): Segment[] {
  return names(join(dir, 'open')).flatMap((file) => segmentAt(join(dir, 'open', file)) ?? [])
}

function sealedSegments(dir: string): Segment[] {
  const days = [1, 2, 3].reduce(
    (folders) => folders.flatMap((folder) => names(folder).map((name) => join(folder, name))),
    [join(dir, 'sealed')],
  )
  const found = days.flatMap((day) => names(day).flatMap((file) => segmentAt(join(day, file)) ?? []))
  return found.filter(({ sealed }) => sealed)
}

/** What the name of a file says of it; undefined when it is no segment's. */
export function segmentAt(path: string): Segment | undefined {
  const file = basename(path)
  const encrypted = file.endsWith(SEALED + ENCRYPTED)
  const packed = encrypted ? file.slice(0, -ENCRYPTED.length) : file
  const sealed = packed.endsWith(SEALED)
  const identity = parseSegmentName(sealed ? packed.slice(0, -SEALED.length) : packed)
  if (identity === undefined) return undefined
  const { name, stamp, counter } = identity
  return { name, path, sealed, encrypted, stamp, counter }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // A file where a folder could be, or a folder that is gone.
    return []
  }
}

/**
 * The text of a segment, in chunks, wherever it was moved since it was listed; nothing when it is gone.
 * @param dir where it is looked for then; undefined: nowhere
 * @throws HushlogError `HUSHLOG_READ` or `HUSHLOG_KEY`
 */
export async function* segmentText(
  dir: string | undefined,
  segment: Segment,
  identities: readonly string[],
): AsyncGenerator<Buffer> {
  try {
    yield* segment.sealed ? sealedText(segment.path, identities) : openText(segment.path)
  } catch (error) {
    if (error instanceof HushlogError) throw error
    if (errorCode(error) !== 'ENOENT' || dir === undefined) throw failure(segment, error)
    // It was renamed by its adopter or sealed since it was listed, and is found where it is now.
    const moved = listSegments(dir).find(({ name, path }) => name === segment.name && path !== segment.path)
    if (moved !== undefined) yield* segmentText(dir, moved, identities)
  }
}

async function* sealedText(path: string, identities: readonly string[]): AsyncGenerator<Buffer> {
  const file = await openSealed(path, identities)
  try {
    yield* file.text()
  } finally {
    await file.close()
  }
}

async function* openText(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    yield* handle.createReadStream({ autoClose: false })
  } finally {
    await handle.close()
  }
}

function failure({ path }: Segment, error: unknown): HushlogError {
  return new HushlogError('HUSHLOG_READ', `cannot read ${path}: ${errorCode(error)}`, { cause: error })
}
