import { hideBadWords } from './bad-words.ts'
import { compileKeyNames } from './key-rules.ts'
import { createScrubber, type Scrubber } from './scrubber.ts'
import { boundedCopy, scrubValue } from './value.ts'

let scrubber: Scrubber | undefined
const names = compileKeyNames()
/** In the package names hide only what it lists; with ours a name hides its own members, and no members of those. */
const REACH = 1

/**
 * A drop-in for the package hide-secrets: the same signature and, on input without other secrets, the same result.
 * Besides, it survives cycles, getters, proxies and endless depth, changes neither the value nor the options, and
 * leaves no secret in what it returns: names in any case and tokens in any text are cut as the gate cuts them.
 * @param options.badWords names whose text is replaced by `[SECRET]`, matched exactly; as one text, each name that
 * is part of it. Default: the package's own
 */
export function hideSecrets<T>(value: T, options: { badWords?: string | readonly string[] } = {}): T {
  scrubber ??= createScrubber({ env: false })
  const words = options?.badWords
  const own = words === undefined ? {} : { badWords: typeof words === 'string' ? words : [...words] }
  const hidden = hideBadWords(boundedCopy(value), own)
  return scrubValue(hidden, { text: scrubber.text, names, reach: REACH }) as T
}
