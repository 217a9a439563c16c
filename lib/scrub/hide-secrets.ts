/// <reference path="./hide-secrets-package.d.ts" />
import hideWords from 'hide-secrets'
import { createScrubber, type Scrubber } from './scrubber.ts'
import { boundedCopy } from './value.ts'

let scrubber: Scrubber | undefined

/**
 * A drop-in for the package hide-secrets: the same signature and, on input without other secrets, the same result.
 * Besides, it survives cycles, getters, proxies and endless depth, changes neither the value nor the options, and
 * leaves no secret in what it returns: names in any case and tokens in any text are cut as the gate cuts them.
 * @param options.badWords names whose text is replaced by `[SECRET]`, matched exactly. Default: the package's own
 */
export function hideSecrets<T>(value: T, options: { badWords?: string[] } = {}): T {
  scrubber ??= createScrubber({ env: false })
  const words = options?.badWords
  const hidden = hideWords(boundedCopy(value), words === undefined ? {} : { badWords: [...words] })
  return scrubber.value(hidden) as T
}
