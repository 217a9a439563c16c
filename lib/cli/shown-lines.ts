/**
 * Lines of a log directory for people: in the format that they ask for, and with nothing in them that a terminal obeys.
 */
import { HushlogError } from '../errors.ts'
import { LINE_FORMATS, type LineFormat, type OutputFormat, prettyFormat } from '../logger/line-format.ts'
import { visibleText } from '../logger/visible.ts'
import { type Arguments, type Option, printable, usage } from './command.ts'

/** What commands that show lines take. */
export const FORMAT_OPTIONS: Record<string, Option> = {
  format: { value: 'FORMAT', help: 'json, pretty or common; default: pretty on a terminal, else json' },
  frames: { help: 'the first and last record of each segment too' },
  json: { help: 'the same as --format=json' },
}

/**
 * @param more what else the command takes, for the words of the error
 * @throws HushlogError for a format that is not known, or `pretty` without pino-pretty
 */
export function lineFormat(args: Arguments, more = ''): LineFormat {
  const [name] = args.has('json') ? ['json'] : args.values('format')
  if (name === undefined) return (process.stdout.isTTY && pretty()) || jsonLine
  const format = FORMATS[name as OutputFormat]
  if (format === undefined || !Object.hasOwn(FORMATS, name))
    throw usage(`option --format takes json, pretty${more} or common, got ${printable(name)}`)
  return format()
}

/** Whatever lies in the directory is shown, JSON or not. */
export function formatted(format: LineFormat, line: string): string {
  try {
    return format(line)
  } catch {
    return jsonLine(line)
  }
}

/** Without control characters JSON means the same: where they may stand, an escape may. */
export const jsonLine: LineFormat = (line) => `${visibleText(line, false)}\n`

const FORMATS: Record<OutputFormat, () => LineFormat> = {
  json: () => jsonLine,
  common: LINE_FORMATS.common,
  pretty: () => {
    const format = pretty()
    if (format !== undefined) return format
    throw new HushlogError('HUSHLOG_UNAVAILABLE', '--format=pretty needs the package pino-pretty', {
      hint: 'npm install pino-pretty',
    })
  },
}

/** With the date and the process: lines of many days and processes stand there. */
function pretty(): LineFormat | undefined {
  return prettyFormat({ ignore: 'host,service', translateTime: 'SYS:yyyy-mm-dd HH:MM:ss.l' })
}
