/** Numbers that look random and are the same for the same seed. */

/** mulberry32. @returns a function that gives whole numbers from 0 to 2³² - 1 */
export function randomOf(...seed) {
  let state = hash(seed.join('/'))
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return (t ^ (t >>> 14)) >>> 0
  }
}

/** FNV-1a, mixed. */
function hash(text) {
  let sum = 0x811c9dc5
  for (const char of text) sum = Math.imul(sum ^ char.charCodeAt(0), 0x01000193)
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
  return (sum ^ (sum >>> 13)) >>> 0
}

/** From 0 up to, without, 1. */
export const fraction = (random) => random() / 2 ** 32

export const below = (random, count) => Math.floor(fraction(random) * count)

/** How long it takes until the next of what comes so often by chance. */
export const waiting = (random, mean) => -Math.log(1 - fraction(random)) * mean

/** Log-normal times in milliseconds, as many as a lookup by 12 bits takes. */
export function logNormal(random, median, sigma, most) {
  return Uint16Array.from({ length: 4096 }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - fraction(random))) * Math.cos(2 * Math.PI * fraction(random))
    return Math.min(most, Math.max(1, Math.round(median * Math.exp(sigma * normal))))
  })
}
