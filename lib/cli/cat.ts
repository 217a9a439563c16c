/**
 * `hushlog cat`: the lines of sealed segments, encrypted or not, and of open ones.
 */
import { lstat } from 'node:fs/promises'
import { HushlogError } from '../errors.ts'
import { LineSplitter } from '../keep/bounded-lines.ts'
import { loadIdentities } from '../keep/identities.ts'
import { listSegments, type Segment, segmentAt, segmentText } from '../keep/reader.ts'
import type { LineFormat } from '../logger/line-format.ts'
import { type Arguments, type Command, EXIT } from './command.ts'
import { isFrame } from './frame.ts'
import { cannotRead, checkDirectory, DEFAULT_DIRECTORY } from './log-directory.ts'
import { askPassphrase, IDENTITY_OPTIONS } from './passphrase.ts'
import { Progress } from './progress.ts'
import { FORMAT_OPTIONS, formatted, lineFormat } from './shown-lines.ts'
import { Output, say, sayError } from './terminal.ts'

export const cat: Command = {
  name: 'cat',
  takes: '[FILES|DIR]',
  summary: 'print the lines of segments, encrypted ones too',
  text: `
Prints the lines of segments, sealed and open, of the files that are named or of a
whole log directory (default: logs), in the order in which they were begun. Encrypted
ones are opened with the identities that are given: hushlog keygen and age-keygen
write such files.

Control characters in what was logged are shown as \\u001b and not obeyed.

Exit code 0, or 2 when something cannot be read; the rest is printed all the same.`,
  options: {
    ...IDENTITY_OPTIONS,
    ...FORMAT_OPTIONS,
  },
  run: (args) => catTo(new Output(), args),
}

export function catTo(output: Output, args: Arguments): Promise<number> {
  return new Cat(output, args).run()
}

/** A longer line is left out, and that is said. */
const LONGEST_LINE = 16 * 1024 * 1024

interface Source {
  /** The log directory in which the segment is looked for when it has moved; none for a file that was named. */
  dir: string | undefined
  segment: Segment
}

class Cat {
  readonly #args: Arguments
  readonly #output: Output
  readonly #format: LineFormat
  readonly #frames: boolean
  readonly #told = new Set<string>()
  #progress = new Progress(process.stderr, 0)
  #failed = false

  constructor(output: Output, args: Arguments) {
    this.#args = args
    this.#output = output
    this.#format = lineFormat(args)
    this.#frames = args.has('frames')
  }

  async run(): Promise<number> {
    const sources = await this.#sources()
    const { values } = this.#args
    const identities = await loadIdentities(values('identity'), (path) => askPassphrase(this.#args, path))
    const sizes = await Promise.all(sources.map(({ segment }) => sizeOf(segment.path)))
    // Between lines on the same terminal a bar would only flicker.
    const total = process.stdout.isTTY ? 0 : sizes.reduce((sum, size) => sum + size, 0)
    this.#progress = new Progress(process.stderr, total)
    for (const [i, source] of sources.entries()) {
      await this.#print(source, identities).catch(this.#fail)
      this.#progress.advance(sizes[i] as number)
      if (this.#output.isClosed) break
    }
    this.#progress.clear()
    return this.#failed ? EXIT.failed : EXIT.ok
  }

  async #sources(): Promise<Source[]> {
    const { operands } = this.#args
    const sources: Source[] = []
    for (const path of operands.length > 0 ? operands : [DEFAULT_DIRECTORY]) {
      const found = await lstat(path).catch((error) => this.#fail(cannotRead(path, error)))
      if (found?.isDirectory()) sources.push(...segmentsIn(path))
      else if (found !== undefined) sources.push({ dir: undefined, segment: segmentNamed(path) })
    }
    return sources
  }

  async #print({ dir, segment }: Source, identities: readonly string[]): Promise<void> {
    const splitter = new LineSplitter(LONGEST_LINE)
    for await (const chunk of segmentText(dir, segment, identities)) {
      const lines = splitter.push(chunk).filter(({ bytes }) => this.#frames || !isFrame(bytes))
      if (lines.some(({ isCut }) => isCut)) this.#tell(`a line of over ${LONGEST_LINE} bytes is left out`)
      const texts = lines
        .filter(({ isCut }) => !isCut)
        .map(({ bytes }) => formatted(this.#format, bytes.toString()))
      await this.#output.write(texts.join(''))
      if (this.#output.isClosed) return
    }
  }

  #tell(words: string): void {
    if (!this.#told.has(words)) say(words)
    this.#told.add(words)
  }

  /** Without standard output there is no use in going on. */
  #fail = (error: unknown): undefined => {
    if (error instanceof HushlogError && error.code === 'HUSHLOG_STDOUT') throw error
    this.#failed = true
    this.#progress.clear()
    sayError(error)
  }
}

function segmentsIn(dir: string): Source[] {
  checkDirectory(dir)
  return listSegments(dir).map((segment) => ({ dir, segment }))
}

/** A file may bear any name that says what is in it: `copy.log.gz.age`. */
function segmentNamed(path: string): Segment {
  const encrypted = path.endsWith('.age')
  const sealed = encrypted || path.endsWith('.gz')
  return segmentAt(path) ?? { name: path, path, sealed, encrypted, stamp: 0, counter: 0 }
}

async function sizeOf(path: string): Promise<number> {
  return lstat(path).then(
    ({ size }) => size,
    () => 0,
  )
}
