/**
 * `hushlog scrub`: the gate for any program in any language, between its output and what keeps it.
 */
import { pipeline } from 'node:stream/promises'
import { errorCode, HushlogError } from '../errors.ts'
import { type ScrubStream, scrubStream } from '../scrub/stream.ts'
import { type Arguments, type Command, EXIT, usage } from './command.ts'
import { SCRUB_OPTIONS, scrubOptions } from './scrub-options.ts'
import { cannotWrite, say, sayError } from './terminal.ts'
import { standardInput } from './text-source.ts'

export const scrub: Command = {
  name: 'scrub',
  takes: '< TEXT',
  summary: 'take secrets out of text on its way from standard input to standard output',
  text: `
Takes secrets out of what comes on standard input and writes the rest to standard
output, for any program in any language:

    python app.py 2>&1 | hushlog scrub >> app.log

Each line leaves as soon as its end has come. A private key in PEM is held until
it ends. A line that cannot be made safe is replaced by one that says so. The
values of environment variables with secret names are cut as well.

The first interrupt (SIGINT) is for the program before the pipe: what it still
writes gets through. A second one ends at once.

Exit code 0, or 2 when something could not be read, scrubbed or written.`,
  options: {
    ...SCRUB_OPTIONS,
    json: { help: 'at the end, counts by rule on standard error' },
  },
  run,
}

async function run(args: Arguments): Promise<number> {
  if (args.operands.length > 0)
    throw usage('scrub reads standard input and takes no file', 'hushlog scrub < FILE')
  const stream = scrubStream(scrubOptions(args))
  letProducerEndFirst()
  const counted = { lines: 0, bytes: 0 }
  stream.on('data', (bytes: Buffer) => count(bytes, counted))
  const code = await copy(standardInput(), stream)
  if (args.has('json')) {
    const { withheld } = stream
    process.stderr.write(`${JSON.stringify({ ...counted, withheld, scrubbed: stream.counts() })}\n`)
  }
  if (stream.withheld === 0) return code
  say(`error: ${stream.withheld} lines could not be made safe and were withheld`)
  return EXIT.failed
}

async function copy(input: NodeJS.ReadStream, stream: ScrubStream): Promise<number> {
  try {
    await pipeline(input, stream, process.stdout, { end: false })
    return EXIT.ok
  } catch (error) {
    // The reader has seen enough, as `head` does: no failure.
    if (errorCode(error) === 'EPIPE') return EXIT.ok
    sayError((error as NodeJS.ErrnoException).syscall === 'write' ? cannotWrite(error) : cannotRead(error))
    return EXIT.failed
  }
}

function cannotRead(error: unknown): HushlogError {
  return new HushlogError('HUSHLOG_READ', `cannot read standard input: ${errorCode(error)}`)
}

/** A terminal sends SIGINT to the whole pipe. The program before us may still have something to say. */
function letProducerEndFirst(): void {
  process.once('SIGINT', () => process.once('SIGINT', () => process.exit(128 + 2)))
}

const NEWLINE = 0x0a

function count(bytes: Buffer, counted: { lines: number; bytes: number }): void {
  counted.bytes += bytes.length
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) counted.lines++
}
