/**
 * What stands in a log directory, read with nothing of hushlog's own but the checks of its chain and its numbers.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { hushlog } from 'hushlog'
import { verifyLedger } from '../../../build/keep/ledger-check.js'
import { checkSequences } from '../../../build/keep/sequence.js'

/** Everything but the frames that hushlog adds, each with the file that it stands in; `broken` is what is no JSON. */
export function recordsIn(dir) {
  const records = []
  const broken = []
  for (const path of segmentsIn(dir)) {
    const bytes = readFileSync(path)
    const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString()
    for (const line of text.split('\n')) {
      const record = line === '' ? undefined : parsed(line)
      if (line !== '' && record === undefined) broken.push(line)
      if (record !== undefined && !record.kind?.startsWith('segment-')) records.push({ ...record, path })
    }
    if (text !== '' && !text.endsWith('\n')) broken.push(`${path} ends in half a line`)
  }
  return { records, broken }
}

function parsed(line) {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

export function segmentsIn(dir) {
  const place = (folder) => {
    const path = join(dir, folder)
    if (!existsSync(path)) return []
    return readdirSync(path, { recursive: true, encoding: 'utf8' }).map((name) => join(path, name))
  }
  const files = [...place('sealed'), ...place('open')]
  const segments = files.filter((path) => path.endsWith('.log') || path.endsWith('.gz'))
  return segments.sort((a, b) => (basename(a) < basename(b) ? -1 : 1))
}

export function ledgerOf(dir) {
  const path = join(dir, 'ledger', 'ledger.jsonl')
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

/** Whoever starts next takes over what dead writers left. */
export async function recover(dir) {
  const errors = []
  const { write } = process.stderr
  process.stderr.write = () => true
  const log = hushlog({
    service: 'recovery',
    stdout: false,
    storage: { dir },
    onError: (error) => errors.push(error),
  })
  await log.close()
  process.stderr.write = write
  return errors
}

/** How many of the numbers from 0 on are missing, are there twice or out of order; each to be there once. */
export function compare(numbers, count) {
  const seen = new Set(numbers)
  let lost = 0
  for (let i = 0; i < count; i++) if (!seen.has(i)) lost++
  const disordered = numbers.filter((number, i) => i > 0 && number < numbers[i - 1]).length
  return {
    lost,
    twice: numbers.length - seen.size,
    disordered,
    more: [...seen].filter((i) => i >= count).length,
  }
}

/** What is wrong with a directory as a whole: its chain, its numbers, what is listed and not there or the reverse. */
export async function problemsOf(dir, { isQuiet = true } = {}) {
  const problems = []
  const { problem } = await verifyLedger(dir)
  if (problem !== undefined) problems.push(`the ledger is broken: ${JSON.stringify(problem)}`)
  const sequence = await checkSequences(dir)
  for (const problem of sequence.problems) problems.push(JSON.stringify(problem))
  const entries = ledgerOf(dir)
  const pruned = new Set(entries.filter(({ kind }) => kind === 'pruned').map(({ name }) => name))
  const listed = entries.filter(({ kind, name }) => kind === 'segment' && !pruned.has(name))
  const names = new Set(listed.map(({ name }) => name))
  if (names.size !== listed.length) problems.push('a segment is listed twice')
  for (const { path } of listed)
    if (!existsSync(join(dir, path))) problems.push(`${path} is listed and not there`)
  const sealed = segmentsIn(dir).filter((path) => path.endsWith('.gz'))
  if (isQuiet && sealed.length !== listed.length)
    problems.push(`${listed.length} segments are listed, ${sealed.length} are there`)
  return problems
}
