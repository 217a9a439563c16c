import type { Readable } from 'node:stream'

/*
 * A place off the host where sealed segments and the ledger are kept. Keys are content-addressed (keys.ts), so that
 * storing twice is harmless and what comes back can be told from what somebody has put in its place.
 */

export interface ShipObject {
  /** Below the target's prefix. */
  key: string
  /** SHA-256 and MD5 of the content, hexadecimal. */
  sha256: string
  md5: string
  bytes: number
  /** A media type. */
  type: string
  /** Nobody may delete it before then, milliseconds since the epoch. */
  lockUntil: number
  /** The content, anew at each call. Whoever opened it destroys it. */
  open(): Readable
}

/** How an object lies in its target. */
export interface Stored {
  /** As the target names it; absent where it knows no versions. */
  version?: string
  /** Before then nobody can delete it, ISO 8601; absent where it cannot be locked. */
  until?: string
}

export interface ShipTarget {
  /** `s3://BUCKET/PREFIX` or `file:///DIR/`: as it stands in the ledger, in errors and in status. Holds no secret. */
  readonly place: string
  /**
   * Looks whether the target can keep what it is given for so many days.
   * @param isUsed whether something was shipped there before: one that is empty is not it then. Default false
   * @throws ShipFailure of scope `target`, with a hint
   */
  check(keepDays: number, isUsed?: boolean): Promise<void>
  /**
   * How an object lies there, when it is there as it should be: length, lock and checksum. Undefined when it is not,
   * or when we may not look.
   * @throws ShipFailure of scope `target` when nobody answers
   */
  find(object: ShipObject): Promise<Stored | undefined>
  /**
   * Stores an object and reads back how it lies there.
   * @throws ShipFailure; also when what was read back is not what was sent
   */
  put(object: ShipObject, signal?: AbortSignal): Promise<Stored>
  /** All keys below a prefix, each once, in the order of their bytes. */
  list(prefix: string): AsyncIterable<{ key: string; bytes: number }>
  /**
   * The content of a key, of whichever version has this hash: what somebody has put over it is not taken. The hash is
   * checked as it is read; a stream whose content is another fails.
   * @throws ShipFailure of scope `object` when no version has it
   */
  get(key: string, sha256: string): Promise<Readable>
  close(): void
}
