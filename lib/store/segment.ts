import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { threadId } from 'node:worker_threads'

/*
 * A segment is a file that one writer alone appends to. Its name says who that is, so that whoever finds it
 * later can tell whether the writer still lives:
 *
 *   HOST.BOOT.PIDNS.PID.TID.START.STAMP.COUNTER.log
 *
 * HOST may hold dots, so a name is read from its right end. BOOT is the start of the kernel's boot id, PIDNS the
 * inode of the pid namespace, START the process's start time in clock ticks since boot (0 where there is no
 * /proc), STAMP the moment in UTC at which the segment was opened, COUNTER grows with each segment of a thread.
 * A segment that somebody adopted after a crash also says who: `~BOOT.PIDNS.PID.TID.START~NAME`.
 */

/** One thread of one process: what may append to a segment. */
export interface Writer {
  host: string
  boot: string
  pidns: string
  pid: number
  tid: number
  start: number
}

export interface SegmentIdentity {
  /** The name that the segment was born with, without `.log` and without an adopter. */
  name: string
  writer: Writer
  /** Who took the segment over; its host is not known. */
  adopter: Writer | undefined
  /** When it was opened, milliseconds since the epoch. */
  stamp: number
  counter: number
}

export type WriterState = 'alive' | 'dead' | 'unknown'

const MAX_HOST = 64
const NAME =
  /^([A-Za-z0-9_-][A-Za-z0-9_.-]{0,63})\.([0-9a-f]{1,12})\.(\d{1,20})\.(\d{1,10})\.(\d{1,10})\.(\d{1,15})\.(\d{17})\.(\d{6,15})$/
const ADOPTER = /^~([0-9a-f]{1,12})\.(\d{1,20})\.(\d{1,10})\.(\d{1,10})\.(\d{1,15})~/
const EXTENSION = '.log'

export function segmentName(writer: Writer, stamp: number, counter: number): string {
  const parts = [safeHost(writer.host), place(writer), digits(stamp), String(counter).padStart(6, '0')]
  return parts.join('.') + EXTENSION
}

/** The name that says who took a segment over; a second adopter takes the place of the first. */
export function adoptedName(identity: SegmentIdentity, adopter: Writer): string {
  return `~${place(adopter)}~${identity.name}${EXTENSION}`
}

/** Whose segment a file is, or undefined for a name that is not ours. */
export function parseSegmentName(file: string): SegmentIdentity | undefined {
  if (!file.endsWith(EXTENSION)) return undefined
  const marked = ADOPTER.exec(file)
  const name = file.slice(marked?.[0].length ?? 0, -EXTENSION.length)
  const parts = NAME.exec(name)
  const stamp = parts === null ? undefined : moment(parts[7])
  if (parts === null || stamp === undefined) return undefined
  const adopter = marked === null ? undefined : writerOf('', marked.slice(1))
  return { name, writer: writerOf(parts[1], parts.slice(2)), adopter, stamp, counter: Number(parts[8]) }
}

/** The identity of a writer as it stands in names and in the ledger. */
export function writerText(writer: Writer): string {
  return `${safeHost(writer.host)}.${place(writer)}`
}

function place(writer: Writer): string {
  return [writer.boot, writer.pidns, writer.pid, writer.tid, writer.start].join('.')
}

function writerOf(host: string, [boot, pidns, pid, tid, start]: string[]): Writer {
  return { host, boot, pidns, pid: Number(pid), tid: Number(tid), start: Number(start) }
}

/** A host name that can stand in a file name: nothing but letters, digits, `_`, `.` and `-`, no dot in front. */
export function safeHost(host: string): string {
  const safe = host.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^\./, '_')
  return safe.slice(0, MAX_HOST) || '_'
}

function digits(stamp: number): string {
  return new Date(stamp).toISOString().replace(/\D/g, '')
}

function moment(text: string): number | undefined {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d{3})$/, '$1-$2-$3T$4:$5:$6.$7Z')
  const stamp = Date.parse(iso)
  return Number.isNaN(stamp) || digits(stamp) !== text ? undefined : stamp
}

/** The writer that this thread is. */
export function thisWriter(host: string = hostname()): Writer {
  return {
    host: safeHost(host),
    boot:
      tryRead(() =>
        readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').replaceAll('-', '').slice(0, 12),
      ) ?? '0',
    pidns: tryRead(() => readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')) ?? '0',
    pid: process.pid,
    tid: threadId,
    start: processStat('self')?.start ?? 0,
  }
}

/**
 * Whether a writer may still append. Only one of the same boot and pid namespace can be judged: containers
 * share the boot id and see other pids. An `unknown` one is judged by its lease.
 */
export function writerState(writer: Writer, me: Writer = thisWriter()): WriterState {
  if (!sameSystem(writer, me)) return 'unknown'
  if (writer.pid === me.pid && writer.start === me.start) return writer.tid === me.tid ? 'alive' : 'unknown'
  if (writer.pid === me.pid && me.start !== 0) return 'dead'
  const stat = processStat(String(writer.pid))
  if (stat === undefined) return exists(writer.pid) ? 'unknown' : 'dead'
  return stat.start === writer.start && !stat.ended ? 'alive' : 'dead'
}

function sameSystem(writer: Writer, me: Writer): boolean {
  if (writer.boot !== me.boot || writer.pidns !== me.pidns) return false
  return me.boot !== '0' || writer.host === me.host
}

/** Field 3 (state) and 22 (start time) of /proc/PID/stat; the name before them may hold blanks and brackets. */
function processStat(pid: string): { start: number; ended: boolean } | undefined {
  const text = tryRead(() => readFileSync(`/proc/${pid}/stat`, 'latin1'))
  if (text === undefined) return undefined
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { start: Number(fields[19]), ended: fields[0] === 'Z' || fields[0] === 'X' }
}

// A process may be there without its /proc entry: hidepid, or a system that has no /proc.
function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

function tryRead(read: () => string): string | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
