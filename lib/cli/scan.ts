/**
 * `hushlog scan`: secrets in logs that exist already. Nothing that it says holds a character of them.
 */

import { HushlogError } from '../errors.ts'
import type { Finder } from '../scrub/finder.ts'
import { createFinder } from '../scrub/scrubber.ts'
import { TextFeed } from '../scrub/text-feed.ts'
import type { TextSink } from '../scrub/text-sink.ts'
import { CleanedCopy } from './cleaned-copy.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { type Condition, conditionsOf, FAIL_ON, failing } from './fail-on.ts'
import { type Finding, FindingSink } from './findings.ts'
import { Progress } from './progress.ts'
import { SCRUB_OPTIONS, scrubOptions } from './scrub-options.ts'
import { Output, say, sayError } from './terminal.ts'
import { listFiles, openText, STDIN } from './text-source.ts'

export const scan: Command = {
  name: 'scan',
  takes: 'FILES|-',
  summary: 'find secrets in logs that exist; exit code 1 if there are any',
  text: `
Finds secrets in files, or in standard input (-), packed with gzip or not. One
line for each on standard output, with nothing of the secret but how long it is:

    app.log:17:23 github (40 characters)

The values of environment variables with secret names are found as well.

With --fix a cleaned copy of each file with secrets is written beside it, as
FILE.scrubbed or, of a packed one, FILE.scrubbed.gz. Nothing is ever overwritten,
and the original stays as it is.

Exit code 0 when nothing was found, 1 when something was, 2 when a file could not
be read or a copy not be written; the others are scanned all the same. --fail-on
names what counts as found: 'secrets>10' for more than ten secrets of any kind,
'jwt,card>3' by the names of rules.`,
  options: {
    ...SCRUB_OPTIONS,
    recursive: { help: 'scan the files in directories too; links in them are not followed' },
    'fail-on': FAIL_ON,
    fix: { help: 'write a cleaned copy beside each file with secrets' },
    json: { help: 'one JSON object for each secret: file, line, column, rule, hint' },
  },
  run: (args) => new Scan(args).run(),
}

class Scan {
  #operands: string[]
  #isJson: boolean
  #isRecursive: boolean
  #fixes: boolean
  #finder: Finder
  #conditions: Condition[]
  #isTold: boolean
  #counts: Record<string, number> = { secrets: 0 }
  #output = new Output()
  #progress = new Progress(process.stderr, 0)
  #found = 0
  #scanned = 0
  #failed = false

  constructor(args: Arguments) {
    this.#operands = args.operands
    this.#isJson = args.has('json')
    this.#isRecursive = args.has('recursive')
    this.#fixes = args.has('fix')
    if (this.#operands.length === 0)
      throw usage('scan takes files, or - for standard input', 'hushlog help scan')
    if (this.#fixes && this.#operands.includes(STDIN)) {
      throw usage('--fix takes files, not standard input', 'hushlog scrub cleans standard input')
    }
    this.#finder = createFinder(scrubOptions(args), [])
    const kinds = ['secrets', ...this.#finder.rules.ids.names]
    this.#conditions = conditionsOf(args, kinds) ?? [{ kind: 'secrets', over: 0 }]
    this.#isTold = args.has('fail-on')
  }

  async run(): Promise<number> {
    const files = await listFiles(this.#operands, this.#isRecursive, this.#fail)
    const isSizeKnown = files.every(({ size }) => size > 0)
    const total = isSizeKnown ? files.reduce((sum, { size }) => sum + size, 0) : 0
    this.#progress = new Progress(process.stderr, total)
    let withSecrets = 0
    for (const { path } of files) {
      const before = this.#found
      await this.#file(path).catch(this.#failUnlessStdout)
      if (this.#found > before) withSecrets++
      if (this.#output.isClosed && !this.#fixes) break
    }
    this.#progress.clear()
    if (!this.#output.isClosed) say(summaryOf(this.#found, withSecrets, this.#scanned))
    const held = failing(this.#conditions, this.#counts)
    if (this.#isTold) for (const { words } of held) say(words)
    return this.#failed ? EXIT.failed : held.length > 0 ? EXIT.found : EXIT.ok
  }

  async #file(path: string): Promise<void> {
    const { isGzip, chunks } = await openText(path, (bytes) => this.#progress.advance(bytes))
    const findings = new FindingSink(this.#finder)
    let copy = this.#fixes
      ? await CleanedCopy.create(path, isGzip, this.#finder).catch(this.#fail)
      : undefined
    const feed = new TextFeed(
      this.#finder,
      both(findings, () => copy),
    )
    const before = this.#found
    const deliver = async () => {
      await this.#tell(path, findings)
      await copy?.write().catch(async (error) => {
        this.#fail(error)
        await copy?.abandon()
        copy = undefined
      })
    }
    try {
      for await (const chunk of chunks) {
        feed.push(chunk)
        await deliver()
        if (this.#output.isClosed && copy === undefined) return
      }
      feed.end()
      await deliver()
      if (copy !== undefined && this.#found > before) {
        await copy.finish()
        this.#say(`wrote ${printable(copy.path)}`)
        copy = undefined
      }
      this.#scanned++
    } finally {
      await copy?.abandon()
    }
  }

  async #tell(path: string, sink: FindingSink): Promise<void> {
    const { findings, withheld } = sink.takeAll()
    for (const line of withheld) this.#fail(usage(`cannot look at ${printable(path)}:${line}`))
    if (findings.length === 0) return
    this.#found += findings.length
    for (const { rule } of findings) this.#counts[rule] = (this.#counts[rule] ?? 0) + 1
    this.#counts.secrets = this.#found
    this.#progress.clear()
    await this.#output.write(findings.map((finding) => this.#lineFor(path, finding)).join(''))
  }

  #lineFor(path: string, finding: Finding): string {
    if (this.#isJson) return `${JSON.stringify({ file: path, ...finding })}\n`
    const { line, column, rule, hint } = finding
    return `${printable(path)}:${line}:${column} ${rule} (${hint})\n`
  }

  #say(words: string): void {
    this.#progress.clear()
    say(words)
  }

  /** Without standard output there is no use in going on. */
  #failUnlessStdout = (error: unknown): void => {
    if (error instanceof HushlogError && error.code === 'HUSHLOG_STDOUT') throw error
    this.#fail(error)
  }

  #fail = (error: unknown): undefined => {
    this.#failed = true
    this.#progress.clear()
    sayError(error)
  }
}

/** What both take: where the secrets stand, and the text without them. */
function both(findings: FindingSink, copy: () => CleanedCopy | undefined): TextSink {
  return {
    take(bytes, start, end, cuts, json) {
      copy()?.take(bytes, start, end, cuts, json)
      findings.take(bytes, start, end, cuts)
    },
    withhold(bytes, start, end, error) {
      copy()?.withhold(bytes, start, end, error)
      findings.withhold(bytes, start, end)
    },
  }
}

function summaryOf(found: number, withSecrets: number, files: number): string {
  const secrets = found === 0 ? 'no secret' : found === 1 ? '1 secret' : `${found} secrets`
  const where = found === 0 ? `${files}` : `${withSecrets} of ${files}`
  return `${secrets} in ${where} ${files === 1 ? 'file' : 'files'}`
}
