/**
 * `hushlog sql`: a question in SQL over the lines of log directories.
 */
import { text as textFrom } from 'node:stream/consumers'
import { bytesOf } from '../checks.ts'
import { HushlogError } from '../errors.ts'
import { loadIdentities } from '../keep/identities.ts'
import { visibleText } from '../logger/visible.ts'
import { type Answer, ask, type Question } from '../review/sql/ask.ts'
import { saveAnswer, saveViews } from '../review/sql/parquet.ts'
import type { ReadFacts } from '../review/sql/records.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { checkDirectory, DEFAULT_DIRECTORY } from './log-directory.ts'
import { momentOf } from './moment.ts'
import { askPassphrase, IDENTITY_OPTIONS } from './passphrase.ts'
import { withBar } from './progress.ts'
import { PRINTERS, type SqlFormat } from './sql-format.ts'
import { Output, say, sayError } from './terminal.ts'

export const sql: Command = {
  name: 'sql',
  takes: 'QUERY|-',
  summary: 'ask the lines of log directories in SQL',
  text: `
Answers one query in the SQL of DuckDB, from the lines of log directories, sealed,
encrypted and open ones. - reads the query from standard input. The views:

  access  time level service host pid operation req_id method url remote_address
          user_name status content_length response_time_ms aborted err_type
          err_message
  audit   time level service host pid operation req_id action actor target outcome
          reason remote_address details
  app     time level service host pid operation req_id kind err_type err_message
          fields
  gaps    time level service host pid operation req_id reason count levels first
          last source

each with msg, line (the record itself, as JSON), directory, segment and trusted
(whether the segment is the one that the ledger lists). Times are in UTC.

Lines that were opened stay in memory: the query can read and write no file, reach
no network and load no extension. It takes the package @duckdb/node-api.

With --parquet the answer is written to a new file; without a query, each view to a
folder of its own in a new folder.

Exit code 0, 1 when a segment is not the one that the ledger lists, or 2 when the
query is wrong or something cannot be read; what can be read is in the answer.`,
  options: {
    dir: { value: 'DIR', multiple: true, help: 'a log directory; may be repeated; default: logs' },
    since: { value: 'TIME', help: 'only lines from then on: 2026-11-24, 2026-11-24T08:00:00Z, 7d, 12h' },
    until: { value: 'TIME', help: 'only lines until then' },
    ...IDENTITY_OPTIONS,
    format: { value: 'FORMAT', help: 'table, json or csv; default: table on a terminal, else json' },
    json: { help: 'the same as --format=json: an object a row' },
    parquet: { value: 'PATH', help: 'write Parquet: the answer to a file, or all views to a folder' },
    memory: { value: 'SIZE', help: 'for the views and the query; default 1 GB' },
  },
  run: (args) => sqlTo(new Output(), args),
}

const MEMORY = '1 GB'
const LEAST_MEMORY = 64 * 1024 * 1024

/** @returns the exit code */
export async function sqlTo(output: Output, args: Arguments): Promise<number> {
  try {
    return await answered(output, args)
  } catch (error) {
    // It may quote what stands in the log.
    if (!(error instanceof HushlogError) || error.code !== 'HUSHLOG_SQL') throw error
    const { code, hint, message } = error
    throw new HushlogError(code, visibleText(message, true), hint === undefined ? {} : { hint })
  }
}

async function answered(output: Output, args: Arguments): Promise<number> {
  const [file] = args.values('parquet')
  const format = formatOf(args, file)
  const query = await queryOf(args, file)
  const { directories, missing } = directoriesOf(args)
  const asked = { ...(await askedOf(args)), directories }
  if (query === undefined)
    return told(await withBar((bar) => saveViews(file as string, { ...asked, ...bar })), missing)
  if (file !== undefined)
    return told(await withBar((bar) => saveAnswer(query, file, { ...asked, ...bar })), missing)
  return withBar(async (bar) => {
    const facts = await ask(query, { ...asked, ...bar }, async (answer) => {
      // Between the lines of a table a bar would only flicker.
      bar.clear()
      await print(output, format, answer)
    })
    return told(facts, missing)
  })
}

async function print(output: Output, format: SqlFormat, answer: Answer): Promise<void> {
  const printer = PRINTERS[format](answer)
  for await (const rows of answer.rows()) {
    await output.write(printer.rows(rows))
    if (output.isClosed) return
  }
  await output.write(printer.end())
}

function formatOf(args: Arguments, file: string | undefined): SqlFormat {
  const [name] = args.has('json') ? ['json'] : args.values('format')
  if (name !== undefined && file !== undefined) throw usage('--parquet and a format do not go together')
  if (name === undefined) return process.stdout.isTTY ? 'table' : 'json'
  if (Object.hasOwn(PRINTERS, name)) return name as SqlFormat
  throw usage(`option --format takes table, json or csv, got ${printable(name)}`)
}

/** Undefined: all views are to be written. */
async function queryOf({ operands }: Arguments, file: string | undefined): Promise<string | undefined> {
  if (operands.length > 1) throw usage(`one query, got ${operands.length} arguments`, 'put it between quotes')
  const [operand] = operands
  if (operand === undefined && file !== undefined) return undefined
  if (operand === undefined) throw usage('hushlog sql takes a query', EXAMPLE)
  const query = operand === '-' ? await textFrom(process.stdin) : operand
  if (query.trim() === '') throw usage('the query is empty', EXAMPLE)
  return query
}

const EXAMPLE = "hushlog sql 'select actor, count(*) from audit group by actor'"

/** Those that are there. @throws HushlogError when none is */
function directoriesOf(args: Arguments): { directories: string[]; missing: HushlogError[] } {
  const asked = args.values('dir')
  const directories: string[] = []
  const missing: HushlogError[] = []
  for (const dir of new Set(asked.length > 0 ? asked : [DEFAULT_DIRECTORY])) {
    try {
      checkDirectory(dir)
      directories.push(dir)
    } catch (error) {
      if (!(error instanceof HushlogError)) throw error
      missing.push(error)
    }
  }
  if (directories.length === 0) throw missing[0]
  return { directories, missing }
}

async function askedOf(args: Arguments): Promise<Omit<Question, 'directories' | 'onTotal' | 'onProgress'>> {
  const [since, until] = ['since', 'until'].map((option) => momentOf(args, option))
  const memory = bytesOf(args.values('memory')[0] ?? MEMORY, '--memory')
  if (memory < LEAST_MEMORY) throw usage('option --memory takes 64 MB or more')
  const identities = await loadIdentities(args.values('identity'), (path) => askPassphrase(args, path))
  return { since, until, memory, identities }
}

/** So many problems are told one by one. */
const MOST_PROBLEMS = 10

/** Says what is not in the answer, or should not be believed. @returns the exit code */
function told(facts: ReadFacts, missing: HushlogError[]): number {
  const problems = [...missing, ...facts.problems]
  for (const problem of problems.slice(0, MOST_PROBLEMS)) sayError(problem)
  if (problems.length > MOST_PROBLEMS) say(`error: and ${problems.length - MOST_PROBLEMS} more like these`)
  if (facts.encrypted > 0)
    sayError(
      new HushlogError('HUSHLOG_KEY', `${segments(facts.encrypted)} left out: encrypted`, {
        hint: 'hushlog sql --identity FILE opens them',
      }),
    )
  for (const name of facts.untrusted.slice(0, MOST_PROBLEMS))
    say(`${name} is not the segment that the ledger lists: its lines are not trusted`)
  if (facts.untrusted.length > 0)
    say(`hint: ${segments(facts.untrusted.length)} so; hushlog verify tells more`)
  for (const [count, what] of leftOut(facts)) if (count > 0) say(`${lines(count)} ${what}`)
  if (problems.length > 0 || facts.encrypted > 0) return EXIT.failed
  return facts.untrusted.length > 0 ? EXIT.found : EXIT.ok
}

function leftOut({ unreadable, long, deep }: ReadFacts): [number, string][] {
  return [
    [unreadable, 'left out: no JSON object'],
    [long, 'left out: longer than 16 MB'],
    [deep, 'without line and fields: nested deeper than 200 levels'],
  ]
}

function segments(count: number): string {
  return count === 1 ? '1 segment' : `${count} segments`
}

function lines(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`
}
