/**
 * Whose a file in open/ is. The users of a group all write there, and each may give a file any name: that of another's
 * segment too, and that of another's process.
 */
import { lstatSync, type Stats } from 'node:fs'
import { type SegmentIdentity, type Writer, writerState } from './segment.ts'

export interface Claim {
  file: string
  identity: SegmentIdentity
  /** When the file was made, milliseconds since the epoch. Its owner cannot set it. */
  born: number
}

/** The files whose segment has another file already that was made before them. */
export function latecomers(claims: Claim[]): Set<string> {
  const first = new Map<string, Claim>()
  for (const claim of claims) {
    const other = first.get(claim.identity.name)
    if (other === undefined || isBefore(claim, other)) first.set(claim.identity.name, claim)
  }
  return new Set(claims.filter((claim) => first.get(claim.identity.name) !== claim).map(({ file }) => file))
}

/** Made in one tick of the clock, or where no file system tells: a segment is born without an adopter. */
function isBefore(a: Claim, b: Claim): boolean {
  if (a.born !== b.born) return a.born < b.born
  return a.identity.adopter === undefined && b.identity.adopter !== undefined
}

/** A regular file with one name, of a user whose segments are taken. */
export function isTaken(stat: Stats, owners: readonly number[] | undefined): boolean {
  return stat.isFile() && stat.nlink === 1 && (owners === undefined || owners.includes(stat.uid))
}

const ROOT = 0

/**
 * Whether a file bears the name of a process that runs and belongs to another user. Root may have begun a segment and
 * become that user since. Of a process that does not run, or cannot be seen, nobody can tell.
 */
export function isOfAnother({ writer }: SegmentIdentity, owner: number, me: Writer): boolean {
  if (owner === ROOT || writerState(writer, me) !== 'alive') return false
  // The owner of this folder is the process's effective user, whatever else is hidden.
  const process = lstatSync(`/proc/${writer.pid}`, { throwIfNoEntry: false })
  return process !== undefined && process.uid !== owner
}
