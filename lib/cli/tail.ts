/**
 * `hushlog tail`: the last lines of a log directory, whoever wrote them, and those that come.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { LineFormat } from '../logger/line-format.ts'
import { type Arguments, type Command, EXIT } from './command.ts'
import { DirectoryTail } from './directory-tail.ts'
import { checkDirectory, directoryOperand } from './log-directory.ts'
import { FORMAT_OPTIONS, formatted, lineFormat } from './shown-lines.ts'
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
    ...FORMAT_OPTIONS,
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
