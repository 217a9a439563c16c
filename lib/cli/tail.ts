/**
 * `hushlog tail`: the last lines of a log directory, whoever wrote them, and those that come.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { HushlogError } from '../errors.ts'
import { LINE_FORMATS, type LineFormat, type OutputFormat, prettyFormat } from '../logger/line-format.ts'
import { visibleText } from '../logger/visible.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { DirectoryTail } from './directory-tail.ts'
import { checkDirectory, directoryOperand } from './log-directory.ts'
import { Output, say, sayError } from './terminal.ts'
import { wholeNumber } from './whole-number.ts'

export const tail: Command = {
  name: 'tail',
  takes: '[DIR]',
  summary: 'the last lines of a log directory, and with -f those that come',
  text: `
Shows the last lines of a log directory (default: logs), of all its processes and
of sealed segments too, in the order of their times. With --follow it goes on with
the lines that come, through rotation and sealing, each line once.

Control characters in what was logged are shown as \\u001b and not obeyed.

Exit code 0, or 2 when the directory is not there or cannot be read. Ctrl-C ends it.`,
  options: {
    lines: { short: 'n', value: 'LINES', help: 'so many lines; default 10, at most 100000' },
    follow: { short: 'f', help: 'go on with the lines that come' },
    format: { value: 'FORMAT', help: 'json, pretty or common; default: pretty on a terminal, else json' },
    frames: { help: 'the first and last record of each segment too' },
    json: { help: 'the same as --format=json' },
  },
  run: (args) => tailTo(new Output(), args),
}

const LINES = { standard: 10, min: 0, max: 100_000 }
const LOOK_EVERY = 100

/** @returns the exit code, when there is nothing to follow or nobody reads any more */
export async function tailTo(output: Output, args: Arguments): Promise<number> {
  const dir = directoryOperand(args.operands)
  let code: number = EXIT.ok
  const lines = new DirectoryTail({
    dir,
    count: wholeNumber(args, 'lines', LINES),
    frames: args.has('frames'),
    stay: args.has('follow'),
    show: showing(lineFormat(args), output),
    say,
    onError: (error) => {
      code = EXIT.failed
      sayError(error)
    },
  })
  checkDirectory(dir)
  await lines.last()
  while (args.has('follow') && !output.isClosed) if (!(await lines.next())) await sleep(LOOK_EVERY)
  return code
}

/** Lines at a time, so that the text of many is never held. */
const SLICE = 256

function showing(format: LineFormat, output: Output): (lines: Buffer[]) => Promise<void> {
  return async (lines) => {
    for (let i = 0; i < lines.length && !output.isClosed; i += SLICE) {
      const texts = lines.slice(i, i + SLICE).map((line) => formatted(format, line.toString()))
      await output.write(texts.join(''))
    }
  }
}

/** Whatever lies in the directory is shown, JSON or not. */
function formatted(format: LineFormat, line: string): string {
  try {
    return format(line)
  } catch {
    return json(line)
  }
}

function lineFormat(args: Arguments): LineFormat {
  const [name] = args.has('json') ? ['json'] : args.values('format')
  if (name === undefined) return (process.stdout.isTTY && pretty()) || json
  const format = FORMATS[name as OutputFormat]
  if (format === undefined || !Object.hasOwn(FORMATS, name))
    throw usage(`option --format takes json, pretty or common, got ${printable(name)}`)
  return format()
}

/** Without control characters JSON means the same: where they may stand, an escape may. */
const json: LineFormat = (line) => `${visibleText(line, false)}\n`

const FORMATS: Record<OutputFormat, () => LineFormat> = {
  json: () => json,
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
