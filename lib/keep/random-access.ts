import type { FileHandle } from 'node:fs/promises'

/** Bytes that can be read anywhere: a file, or what is encrypted in one. */
export interface RandomAccess {
  readonly size: number
  /** As many bytes as asked for, or fewer at the end. */
  read(start: number, length: number): Promise<Buffer>
}

/** A file as long as it was when it was opened. */
export function fileBytes(handle: FileHandle, size: number): RandomAccess {
  return {
    size,
    async read(start, length) {
      const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - start)))
      return buffer.subarray(0, await readFully(handle, buffer, start))
    },
  }
}

/** Fills the buffer from a place in the file; the number of bytes is smaller only where the file ends. */
export async function readFully(handle: FileHandle, buffer: Buffer, start: number): Promise<number> {
  let filled = 0
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return filled
}

/** All of it from a place on, in chunks. */
export async function* chunksFrom(
  source: RandomAccess,
  start: number,
  chunkSize: number,
): AsyncGenerator<Buffer> {
  for (let at = start; at < source.size; at += chunkSize) yield await source.read(at, chunkSize)
}
