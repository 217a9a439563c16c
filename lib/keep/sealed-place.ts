import { renameSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivate, syncDirectory } from '../store/directory.ts'

const PLAIN = '.log.gz'
const ENCRYPTED = '.log.gz.age'
const PLACE = /^sealed\/\d{4}\/\d\d\/\d\d\/[A-Za-z0-9_.-]+\.log\.gz(\.age)?$/

/** Whether a path, relative to the log directory, is that of a sealed segment: the ledger may name any. */
export function isSealedPlace(path: string): boolean {
  return PLACE.test(path)
}

/**
 * Moves a packed segment to the day of its last record in sealed/, over what a crash before the listing left there.
 * The folders are forced to the disk.
 * @param last ISO 8601
 * @returns where it lies, relative to the log directory
 */
export async function moveToDay(
  dir: string,
  temporary: string,
  segment: { name: string; last: string; isEncrypted: boolean },
): Promise<string> {
  const days = segment.last.slice(0, 10).split('-')
  const folders = ['', ...days].map((_, i) => join(dir, 'sealed', ...days.slice(0, i)))
  for (const folder of folders) makePrivate(folder)
  const place = (extension: string) => ['sealed', ...days, `${segment.name}${extension}`]
  const [file, other] = segment.isEncrypted ? [ENCRYPTED, PLAIN] : [PLAIN, ENCRYPTED]
  await rm(join(dir, ...place(other)), { force: true })
  renameSync(temporary, join(dir, ...place(file)))
  for (const folder of folders.reverse()) await syncDirectory(folder)
  return place(file).join('/')
}
