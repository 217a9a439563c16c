/**
 * One scrubbed line as people or programs want to read it.
 */
import nodeModule from 'node:module'
import { commonText } from './common-text.ts'
import { visible } from './visible.ts'

export type OutputFormat = 'json' | 'pretty' | 'common'

/** Takes a line without its `\n`; gives text with one. Throws for a line that is no JSON. */
export type LineFormat = (line: string) => string

export const LINE_FORMATS: Record<OutputFormat, () => LineFormat> = {
  json: () => (line) => `${line}\n`,
  common: () => (line) => `${commonText(JSON.parse(line))}\n`,
  pretty: () => prettyFormat(PRETTY) ?? withoutPretty(),
}

let hasTold = false

/** JSON, and a word about it once. */
function withoutPretty(): LineFormat {
  if (!hasTold) {
    process.stderr.write(
      'hushlog: lines are JSON: pino-pretty is not installed\nhint: npm install --save-dev pino-pretty\n',
    )
  }
  hasTold = true
  return LINE_FORMATS.json()
}

const PRETTY = { ignore: 'pid,host,service', translateTime: 'SYS:HH:MM:ss.l' }

/** pino-pretty's text, or undefined without it. Control characters in values are shown, not obeyed. */
export function prettyFormat(options: { ignore: string; translateTime: string }): LineFormat | undefined {
  try {
    const { prettyFactory } = nodeModule.createRequire(import.meta.url)('pino-pretty')
    const pretty: (record: unknown) => string = prettyFactory({
      colorize: process.stdout.isTTY === true,
      ...options,
    })
    return (line) => pretty(visible(JSON.parse(line)))
  } catch {
    return undefined
  }
}
