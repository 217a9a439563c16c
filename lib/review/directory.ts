/**
 * Reads one log directory for a review: whether it is as it was left, what its ledger tells, and each segment once.
 */
import { lstatSync } from 'node:fs'
import { join, relative } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { listSegments, type Segment } from '../keep/reader.ts'
import { HOUR_MS } from '../keep/search-index/summary.ts'
import { type Verification, verify } from '../keep/verify.ts'
import { type OpenFrame, openFrames } from '../keep/verify-numbers.ts'
import { parseSegmentName } from '../store/segment.ts'
import type { AuditTally } from './audit.ts'
import { CoverageTally } from './coverage.ts'
import { emptyStory, type LedgerStory, ledgerStory, type SegmentStory } from './ledger-story.ts'
import { LOGIN, type LoginTally } from './logins.ts'
import { LossTally } from './losses.ts'
import { ownLineOf } from './own-line.ts'
import { type Period, placeOf } from './period.ts'
import type { DirectoryReport, DiskReport, IntegrityReport, ShippingReport } from './report.ts'
import type { RequestTally } from './requests.ts'
import type { SecretTally } from './secrets.ts'
import { readContent, type SegmentContent } from './segment-content.ts'

/** What is added up over all directories. */
export interface Tallies {
  requests: RequestTally
  logins: LoginTally
  audit: AuditTally
  secrets: SecretTally
}

/** What somebody else finds out of a directory. */
export interface Surroundings {
  shipping: ShippingReport[]
  disk: DiskReport | null
}

export interface DirectoryQuestion {
  dir: string
  period: Period
  /** Milliseconds since the epoch. */
  now: number
  identities: readonly string[]
  keepDays: number
  surroundings(dir: string): Promise<Surroundings>
  /** Told of the bytes that will be hashed, and then of those that were. */
  onTotal?(bytes: number): void
  onProgress?(bytes: number): void
}

export interface DirectoryPart {
  report: DirectoryReport
  story: LedgerStory
  losses: LossTally
  coverage: CoverageTally
  /** Something could not be read. */
  isPartial: boolean
  /** How many that verify finds. */
  problems: number
  unended: number
  unreadableLines: number
  /** The first hour of which something was read; undefined when nothing was. */
  first: number | undefined
  /** Until when segments from before the period were not read; undefined when all were. */
  unreadUntil: number | undefined
}

const MAX_FINDINGS = 100
const MAX_PROBLEMS = 20
/** Records may be dated a little before the first and behind the last of their segment. */
const SLACK = HOUR_MS
const CHANGED: ReadonlySet<string> = new Set([
  'modified',
  'missing',
  'inserted',
  'reordered',
  'truncated',
  'wrong-key',
])

export async function readDirectory(question: DirectoryQuestion, tallies: Tallies): Promise<DirectoryPart> {
  const { dir } = question
  const reading = new Reading(question, tallies)
  const problem = problemWith(dir)
  if (problem !== undefined) return reading.missing(problem)
  // Before the segments are listed: one that is sealed meanwhile is in the ledger.
  const open = (await reading.attempt(() => openFrames(dir))) ?? []
  const segments = listSegments(dir)
  const verification = await reading.attempt(() => verify({ ...question }))
  const story = (await reading.attempt(() => ledgerStory(dir))) ?? emptyStory()
  const around = await reading.attempt(() => question.surroundings(dir))
  reading.begin(story, verification, open)
  for (const segment of segments) await reading.read(segment)
  reading.listRest()
  return reading.result(integrityOf(verification), around)
}

function problemWith(dir: string): string | undefined {
  try {
    return lstatSync(join(dir, 'open')).isDirectory() ? undefined : 'it is no log directory'
  } catch (error) {
    const isThere = lstatSync(dir, { throwIfNoEntry: false }) !== undefined
    if (errorCode(error) !== 'ENOENT') return `it cannot be read: ${errorCode(error)}`
    return isThere ? 'it is no log directory: there is no open/ in it' : 'there is no such directory'
  }
}

class Reading {
  readonly #question: DirectoryQuestion
  readonly #tallies: Tallies
  readonly #losses: LossTally
  readonly #coverage = new CoverageTally()
  readonly #problems: string[] = []
  readonly #services = new Set<string>()
  readonly #hosts = new Set<string>()
  readonly #seen = new Set<string>()
  readonly #segments = { sealed: 0, open: 0, unreadable: 0, untrusted: 0, indexed: 0 }
  /** Paths of files that are not what was sealed. */
  #untrusted: ReadonlySet<string> = new Set()
  #story: LedgerStory = emptyStory()
  /** Whose lines stand in open segments, by their names. */
  #openServices: ReadonlyMap<string, string | undefined> = new Map()
  #locked = 0
  #wrong = 0
  #lines = 0
  #bytes = 0
  #unended = 0
  #unreadableLines = 0
  #first: number | undefined
  #unreadUntil: number | undefined

  constructor(question: DirectoryQuestion, tallies: Tallies) {
    this.#question = question
    this.#tallies = tallies
    this.#losses = new LossTally(question.period)
  }

  begin(story: LedgerStory, verification: Verification | undefined, open: readonly OpenFrame[]): void {
    this.#story = story
    this.#openServices = new Map(open.map(({ name, frame }) => [name, frame.service]))
    const changed = verification?.problems.filter(({ kind }) => CHANGED.has(kind)) ?? []
    this.#wrong = verification?.problems.length ?? 0
    this.#untrusted = new Set(changed.map(({ where }) => where))
    if (verification === undefined) this.#tell('whether its segments are as they were sealed is not known')
  }

  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      this.#tell(wordsOf(error))
      return undefined
    }
  }

  async read(segment: Segment): Promise<void> {
    const { dir, identities, period } = this.#question
    this.#seen.add(segment.name)
    const listed = this.#story.segments.get(segment.name)
    const host = hostOf(segment.name)
    if (listed !== undefined && listed.first > period.until + SLACK) return this.#onlyListed(host, listed)
    if (segment.sealed && this.#untrusted.has(relative(dir, segment.path)))
      return this.#distrust(host, listed)
    if (segment.encrypted && identities.length === 0) {
      if (this.#isNow(listed)) this.#locked++
      return this.#cannot(host, listed)
    }
    const isText = !segment.sealed || listed === undefined || listed.last >= period.since - SLACK
    try {
      const isRead = await readContent(dir, segment, identities, isText, (content) =>
        this.#take(segment, host, listed, content),
      )
      if (isRead === undefined) this.#skip(host, listed)
    } catch (error) {
      if (!this.#isNow(listed)) return this.#skip(host, listed)
      this.#tell(wordsOf(error))
      this.#cannot(host, listed)
    }
  }

  /** What the ledger lists and is nowhere: removed for its age, or by somebody. */
  listRest(): void {
    for (const [name, listed] of this.#story.segments) {
      if (this.#seen.has(name)) continue
      if (listed.isPruned) this.#onlyListed(hostOf(name), listed)
      else this.#distrust(hostOf(name), listed)
    }
  }

  missing(problem: string): DirectoryPart {
    this.#problems.push(problem)
    return {
      ...this.result(null, undefined),
      report: { ...this.result(null, undefined).report, state: 'missing' },
    }
  }

  result(integrity: IntegrityReport | null, around: Surroundings | undefined): DirectoryPart {
    const { dir } = this.#question
    const problems = [...this.#problems, ...this.#counted()]
    return {
      report: {
        dir,
        state: problems.length === 0 ? 'read' : 'partly',
        problems: problems.slice(0, MAX_PROBLEMS),
        hosts: [...this.#hosts].sort(),
        services: [...this.#services].sort(),
        segments: this.#segments,
        lines: this.#lines,
        bytes: this.#bytes,
        integrity,
        shipping: around?.shipping ?? [],
        disk: around?.disk ?? null,
      },
      story: this.#story,
      losses: this.#losses,
      coverage: this.#coverage,
      isPartial: this.#problems.length > 0 || this.#segments.unreadable > 0,
      problems: this.#wrong,
      unended: this.#unended,
      unreadableLines: this.#unreadableLines,
      first: this.#first,
      unreadUntil: this.#unreadUntil,
    }
  }

  #counted(): string[] {
    const { untrusted } = this.#segments
    return [
      ...(this.#locked === 0
        ? []
        : [`${segments(this.#locked)} encrypted and not read: they take --identity`]),
      ...(untrusted === 0
        ? []
        : [`${segments(untrusted)} not as sealed: what they hold is left out of all sums`]),
    ]
  }

  async #take(
    segment: Segment,
    host: string,
    listed: SegmentStory | undefined,
    { summary, ownLines, isIndexed }: SegmentContent,
  ): Promise<true> {
    const { period } = this.#question
    const service = listed?.service ?? this.#openServices.get(segment.name) ?? ''
    let isNow = false
    for (const hour of summary.hours) {
      const place = placeOf(period, hour.hour)
      this.#coverage.add(host, service, hour.hour, hour.lines)
      this.#first = Math.min(this.#first ?? hour.hour, hour.hour)
      if (place === 'earlier' || place === 'later') continue
      this.#tallies.requests.add(hour, place)
      this.#tallies.secrets.add(hour, place)
      if (place === 'before') continue
      isNow = true
      this.#lines += hour.lines
      this.#bytes += hour.bytes
    }
    await this.#takeLines(ownLines, segment.stamp)
    if (!isNow) return true
    this.#unreadableLines += summary.unreadable
    this.#count(segment.sealed ? 'sealed' : 'open', host, listed)
    if (isIndexed) this.#segments.indexed++
    return true
  }

  async #takeLines(ownLines: SegmentContent['ownLines'], begun: number): Promise<void> {
    const { audit, logins } = this.#tallies
    let time = begun
    for await (const bytes of ownLines) {
      const line = ownLineOf(bytes, time)
      if (line === undefined) continue
      time = line.time
      if (line.kind !== 'audit') this.#losses.add(line)
      else audit.add(line)
      if (line.kind === 'audit' && line.action === LOGIN) logins.add(line)
    }
  }

  #count(what: 'sealed' | 'open', host: string, listed: SegmentStory | undefined): void {
    this.#segments[what]++
    this.#hosts.add(host)
    if (listed !== undefined && listed.service !== '') this.#services.add(listed.service)
    if (listed?.isBroken) this.#unended++
  }

  #onlyListed(host: string, listed: SegmentStory | undefined): void {
    if (listed !== undefined) this.#coverage.addListed(host, listed)
  }

  /** Of the period it is counted and told; of the time before it, comparisons know that they miss it. */
  #distrust(host: string, listed: SegmentStory | undefined): void {
    this.#onlyListed(host, listed)
    if (this.#isNow(listed)) this.#segments.untrusted++
    else this.#missed(listed)
  }

  #cannot(host: string, listed: SegmentStory | undefined): void {
    this.#onlyListed(host, listed)
    if (this.#isNow(listed)) this.#segments.unreadable++
    else this.#missed(listed)
  }

  #skip(host: string, listed: SegmentStory | undefined): void {
    this.#onlyListed(host, listed)
    this.#missed(listed)
  }

  #missed(listed: SegmentStory | undefined): void {
    if (listed === undefined || listed.last >= this.#question.period.until) return
    this.#unreadUntil = Math.max(this.#unreadUntil ?? listed.last, listed.last)
  }

  /** One that nobody has listed may be of any time. */
  #isNow(listed: SegmentStory | undefined): boolean {
    const { since, until } = this.#question.period
    return listed === undefined || (listed.last >= since && listed.first < until)
  }

  #tell(problem: string): void {
    if (!this.#problems.includes(problem)) this.#problems.push(problem)
  }
}

function hostOf(name: string): string {
  return parseSegmentName(`${name}.log`)?.writer.host ?? ''
}

function wordsOf(error: unknown): string {
  return error instanceof HushlogError ? error.message : errorCode(error)
}

function segments(count: number): string {
  return count === 1 ? '1 segment is' : `${count} segments are`
}

function integrityOf(verification: Verification | undefined): IntegrityReport | null {
  if (verification === undefined) return null
  const { problems, notes, ledger, segments: counts } = verification
  const { proven } = ledger
  return {
    ok: problems.length === 0,
    problems: problems.slice(0, MAX_FINDINGS),
    notes: notes.slice(0, MAX_FINDINGS),
    entries: ledger.entries,
    proven: proven === undefined ? null : { entry: proven.entry, at: proven.at },
    anchored: ledger.anchored,
    segments: counts.listed,
    pruned: counts.pruned,
  }
}
