import { randomBytes } from 'node:crypto'

/** Text that packing makes no smaller than the bytes that were asked for: words of no meaning, and no two alike. */
export function textOf(bytes) {
  const words = randomBytes(bytes)
    .toString('base64')
    .match(/.{1,7}/g)
  return words.join(' ')
}
