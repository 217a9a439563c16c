import { createScrubber, type Scrubber } from '../scrub/scrubber.ts'
import { unscrubbedCommonLogString } from './access-line.ts'

let scrubber: Scrubber | undefined

/**
 * A drop-in for the package common-log-string: the same signature and, for requests without secrets or attacks, the
 * same result. Each field is bounded and escaped, so that no header can forge a field or a line, and no secret is
 * left in what it returns.
 * @param options.ipHeader name of a header that holds the client's address, in lower case
 */
export function commonLogString(
  ...args: Parameters<typeof unscrubbedCommonLogString>
): ReturnType<typeof unscrubbedCommonLogString> {
  scrubber ??= createScrubber({ env: false })
  return scrubber.text(unscrubbedCommonLogString(...args))
}
