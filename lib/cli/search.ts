/**
 * `hushlog search`: lines of log directories, sealed and open, by what stands in them.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { nearest } from '../checks.ts'
import { HushlogError } from '../errors.ts'
import { loadIdentities } from '../keep/identities.ts'
import { makeQuery, type Query } from '../review/query.ts'
import { type Found, Search, type SearchWork, type Where } from '../review/search.ts'
import type { Doubt } from '../review/trust.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { FOUND_OPTIONS, type FoundPrinter, foundPrinter } from './found-lines.ts'
import { checkDirectory, DEFAULT_DIRECTORY } from './log-directory.ts'
import { askPassphrase, IDENTITY_OPTIONS } from './passphrase.ts'
import { Progress } from './progress.ts'
import { SearchFollower } from './search-follower.ts'
import { QUERY_OPTIONS, queryOptions } from './search-options.ts'
import { Output, say, sayError } from './terminal.ts'
import { wholeNumber } from './whole-number.ts'

export const search: Command = {
  name: 'search',
  takes: '[TEXT...]',
  summary: 'find lines in sealed, encrypted and open segments',
  text: `
Prints the lines of log directories that meet all conditions, in the order of their
times, while they are found. Each TEXT stands in the line as it is written there.
A condition that is given more than once is met by any of its values.

Segments in which nothing can match are not opened: the ledger tells their times,
and an index in each of them its request ids, users, addresses, operations, statuses,
levels and actions. Before lines of a sealed segment are printed, its hash is
compared with the ledger's. Lines of one that was changed are marked untrusted.

Control characters in what was logged are shown as \\u001b and not obeyed.

Exit code, as of grep: 0 when lines are found, 1 when none is, or 2 when something
cannot be read, was changed or is missing; the rest is printed all the same.`,
  options: {
    dir: { value: 'DIR', multiple: true, help: 'a log directory; may be repeated; default: logs' },
    ...QUERY_OPTIONS,
    ...IDENTITY_OPTIONS,
    ...FOUND_OPTIONS,
    context: { short: 'C', value: 'LINES', help: 'so many lines before and after, of the same segment' },
    count: { short: 'c', help: 'print how many lines there are, and nothing else' },
    limit: { value: 'LINES', help: 'stop after so many' },
    follow: { short: 'f', help: 'go on with the lines that come' },
    quiet: { short: 'q', help: 'do not tell what was read' },
    verbose: { help: 'tell what was read even where standard error is no terminal' },
  },
  run: (args) => searchTo(new Output(), args),
}

const CONTEXT = { standard: 0, min: 0, max: 1000 }
const LIMIT = { standard: Number.POSITIVE_INFINITY, min: 1, max: Number.MAX_SAFE_INTEGER }
const LOOK_EVERY = 100
/** Texts are written when so much has come, or nothing more comes at once. */
const PIECE = 64 * 1024

/** @returns the exit code, when nothing is followed or nobody reads any more */
export async function searchTo(output: Output, args: Arguments): Promise<number> {
  checkTogether(args)
  const query = makeQuery(queryOptions(args))
  const printer = foundPrinter(args)
  const run = new SearchRun(output, args, query, printer)
  return run.run()
}

function checkTogether(args: Arguments): void {
  for (const [one, other] of TOGETHER)
    if (args.has(one) && args.has(other)) throw usage(`--${one} and --${other} do not go together`)
}

const TOGETHER = [
  ['follow', 'count'],
  ['follow', 'until'],
  ['follow', 'context'],
  ['count', 'context'],
] as const

function missingWords(dir: string, names: readonly string[]): string {
  const what = names.length === 1 ? 'segment of this time is' : 'segments of this time are'
  const first = printable(names[0])
  const which = names.length === 1 ? first : `${first} and others`
  return `${printable(dir)}: ${names.length} ${what} missing, listed in the ledger and never pruned: ${which}`
}

class SearchRun {
  readonly #output: Output
  readonly #args: Arguments
  readonly #query: Query
  readonly #printer: FoundPrinter
  readonly #limit: number
  readonly #progress = { bar: new Progress(process.stderr, 0), total: 0 }
  readonly #told = new Set<string>()
  #found = 0
  #failed = false
  #waiting = ''
  #unopened = 0
  #unopenedHint: string | undefined

  constructor(output: Output, args: Arguments, query: Query, printer: FoundPrinter) {
    this.#output = output
    this.#args = args
    this.#query = query
    this.#printer = printer
    this.#limit = wholeNumber(args, 'limit', LIMIT)
  }

  async run(): Promise<number> {
    const began = performance.now()
    const dirs = this.#directories()
    const { values } = this.#args
    const identities = await loadIdentities(values('identity'), (path) => askPassphrase(this.#args, path))
    const search = new Search({
      dirs,
      query: this.#query,
      identities,
      context: wholeNumber(this.#args, 'context', CONTEXT),
      onError: this.#fail,
      onDoubt: this.#doubt,
      onLedger: (dir, problem) => this.#tellFailure(`${printable(dir)}: ${problem}`, 'run hushlog verify'),
      onMissing: (dir, names) => this.#tellFailure(missingWords(dir, names), 'run hushlog verify'),
      onProgress: (bytes, total) => this.#advance(bytes, total),
    })
    const follower = this.#args.has('follow') ? await this.#follower(dirs) : undefined
    if (!this.#args.has('count')) await this.#write(this.#printer.head)
    for await (const found of search.run()) {
      await this.#take(found)
      follower?.saw(found)
      if (this.#isDone) break
    }
    await this.#flush()
    this.#progress.bar.clear()
    this.#tellClosed(search.work)
    if (this.#args.has('count')) await this.#output.write(`${this.#found}\n`)
    this.#tellUnknownFields(search)
    this.#tellWork(search.work, performance.now() - began)
    if (follower !== undefined) await this.#follow(follower)
    return this.#failed ? EXIT.failed : this.#found > 0 ? EXIT.ok : EXIT.found
  }

  get #isDone(): boolean {
    return this.#output.isClosed || this.#found >= this.#limit
  }

  #directories(): string[] {
    const given = this.#args.values('dir')
    return (given.length > 0 ? [...new Set(given)] : [DEFAULT_DIRECTORY]).filter((dir) => {
      try {
        checkDirectory(dir)
        return true
      } catch (error) {
        this.#fail(error)
        return false
      }
    })
  }

  async #take(found: Found): Promise<void> {
    this.#found++
    if (!this.#args.has('count')) await this.#write(this.#printer.text(found))
  }

  async #write(text: string): Promise<void> {
    this.#waiting += text
    // On a terminal somebody waits for each line.
    if (this.#waiting.length >= PIECE || process.stdout.isTTY) await this.#flush()
  }

  async #flush(): Promise<void> {
    const text = this.#waiting
    this.#waiting = ''
    if (text !== '') this.#progress.bar.clear()
    await this.#output.write(text)
  }

  /** Between lines on the same terminal a bar would only flicker. */
  #advance(bytes: number, total: number): void {
    const isShown = !process.stdout.isTTY || this.#args.has('count')
    if (this.#progress.total !== total)
      Object.assign(this.#progress, { total, bar: new Progress(process.stderr, isShown ? total : 0) })
    this.#progress.bar.advance(bytes)
  }

  /** Without standard output there is no use in going on. */
  #fail = (error: unknown, where?: Where): void => {
    if (error instanceof HushlogError && error.code === 'HUSHLOG_STDOUT') throw error
    this.#failed = true
    this.#progress.bar.clear()
    // One word about an identity that opens nothing is enough.
    if (error instanceof HushlogError && error.code === 'HUSHLOG_KEY' && where !== undefined) {
      this.#unopened++
      this.#unopenedHint ??= error.hint
      return
    }
    sayError(error)
  }
  #doubt = (doubt: Doubt, { dir, segment }: Where): void => {
    const what =
      doubt === 'modified' ? 'is not the file that the ledger lists' : 'is not listed in the ledger'
    this.#tellFailure(`${printable(dir)}: segment ${segment} ${what}: its lines are marked untrusted`)
  }

  #tellFailure(words: string, hint?: string): void {
    this.#failed = true
    this.#progress.bar.clear()
    if (this.#told.has(words)) return
    this.#told.add(words)
    say(words)
    if (hint !== undefined) say(`hint: ${hint}`)
  }

  #tellClosed({ closed, segments }: SearchWork): void {
    if (closed > 0)
      this.#tellFailure(
        `${closed} of ${segments} segments are encrypted and were not searched: there is no identity`,
        'hushlog search --identity FILE',
      )
    if (this.#unopened > 0)
      this.#tellFailure(
        `${this.#unopened} of ${segments} segments were not searched: no identity that was given opens them`,
        this.#unopenedHint,
      )
  }

  #tellUnknownFields({ names }: Search): void {
    const known = names.list()
    if (this.#found > 0 || known.length === 0) return
    for (const { field } of this.#query.where) {
      if (known.includes(field)) continue
      const near = nearest(field, known)
      this.#tellOnce(
        `no line that was looked at has a field ${printable(field)}`,
        near === undefined ? undefined : `did you mean ${printable(near)}?`,
      )
    }
  }

  #tellOnce(words: string, hint: string | undefined): void {
    say(words)
    if (hint !== undefined) say(`hint: ${hint}`)
  }

  #tellWork({ segments, opened, skipped }: SearchWork, ms: number): void {
    const isWanted = this.#args.has('verbose') || process.stderr.isTTY === true
    if (this.#args.has('quiet') || !isWanted) return
    const counts = [this.#found, segments, opened, skipped].map((count) => count.toLocaleString('en'))
    const [found, all, read, left] = counts
    say(`${found} found; ${read} of ${all} segments searched, ${left} skipped, ${(ms / 1000).toFixed(1)} s`)
  }

  async #follower(dirs: readonly string[]): Promise<SearchFollower> {
    const show = async (bytes: Buffer) => {
      this.#found++
      await this.#write(this.#printer.text({ lines: [bytes], doubt: undefined }))
    }
    const follower = new SearchFollower(this.#query, show)
    await follower.begin(dirs, this.#fail)
    return follower
  }

  async #follow(follower: SearchFollower): Promise<void> {
    while (!this.#isDone) {
      const hasCome = await follower.next()
      await this.#flush()
      if (!hasCome) await sleep(LOOK_EVERY)
    }
  }
}
