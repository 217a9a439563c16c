/**
 * A line of the package common-log-string, without calling the package for each. What it writes between the fields
 * is learned from a line of the installed package whose fields are markers, and believed only when it gives, for
 * other fields, what the package gives. Otherwise the package is called for each line, for good.
 */
import { attempt } from './attempt.ts'
import type { packageLogString } from './common-log-package.ts'

type Status = number | string

/** Each bounded and escaped, in the order of the line; undefined is a dash there. A header is never empty. */
export type LineFields = readonly [
  remote: string,
  user: string,
  date: string,
  method: string,
  url: string,
  version: string,
  status: Status,
  bytes: Status | undefined,
  referer: string | undefined,
  userAgent: string | undefined,
  accept: string | undefined,
  responseTime: Status,
]

export type LineWriter = (fields: LineFields) => string

export function lineWriter(commonLog: typeof packageLogString): LineWriter {
  const called = callingWriter(commonLog)
  return attempt(() => learnedWriter(called)) ?? called
}

/** The user, the date and the elapsed time are ours: the package has a dash, the local time zone and the clock. */
function callingWriter(commonLog: typeof packageLogString): LineWriter {
  return ([
    remote,
    user,
    date,
    method,
    url,
    version,
    status,
    bytes,
    referer,
    agent,
    accept,
    responseTime,
  ]) => {
    const text = commonLog(
      {
        httpVersion: version,
        method,
        url,
        headers: { referer, 'user-agent': agent, accept },
        socket: { remoteAddress: remote },
      },
      { statusCode: status, _data: bytes === undefined ? undefined : { length: bytes }, _time: 1 },
    )
    // The first field holds no space and the date no bracket; after the last quote only the elapsed time stands.
    const remoteEnd = text.indexOf(' ')
    const dateEnd = text.indexOf(']', remoteEnd)
    const elapsed = text.lastIndexOf('"') + 1
    return `${text.slice(0, remoteEnd)} - ${user} [${date}${text.slice(dateEnd, elapsed)} ${responseTime} ms`
  }
}

/** Nothing, where the layout cannot be told from the markers or gives another line than the package. */
function learnedWriter(called: LineWriter): LineWriter | undefined {
  const layout = betweenMarkers(called(MARKERS))
  if (layout === undefined) return undefined
  const [start, ...behind] = layout
  const learned: LineWriter = (fields) => {
    let line = start + withoutMapping(fields[0]) + behind[0]
    for (let at = 1; at < behind.length; at++) line += (fields[at] ?? '-') + behind[at]
    return line
  }
  return SAMPLES.every((fields) => learned(fields) === called(fields)) ? learned : undefined
}

/** What stands before the first marker, between them, and behind the last; each must stand there once, in order. */
function betweenMarkers(line: string): string[] | undefined {
  const between: string[] = []
  let rest = line
  for (const marker of MARKERS) {
    const parts = rest.split(marker as string)
    if (parts.length !== 2) return undefined
    between.push(parts[0])
    rest = parts[1]
  }
  return [...between, rest]
}

/** An IPv4 address on an IPv6 socket; the package takes the first one out, wherever it stands. */
function withoutMapping(remote: string): string {
  return remote.includes('::ffff:') ? remote.replace('::ffff:', '') : remote
}

const MARKERS: LineFields = [
  '{remote}',
  '{user}',
  '{date}',
  '{method}',
  '{url}',
  '{version}',
  '{status}',
  '{bytes}',
  '{referer}',
  '{agent}',
  '{accept}',
  '{elapsed}',
]

const DATE = '24/Nov/2026:02:29:31 +0000'
/** As long as the longest field gets when each of its characters is escaped. */
const LONG = '\\u2028'.repeat(2048)

const SAMPLES: readonly LineFields[] = [
  [
    '203.0.113.9',
    'ada',
    DATE,
    'GET',
    '/orders?page=2',
    '1.1',
    200,
    512,
    'https://a.example/',
    'curl/8.5',
    '*/*',
    12,
  ],
  ['-', '-', DATE, 'POST', '/', '2.0', '-', undefined, undefined, undefined, undefined, 0],
  [
    '::ffff:::ffff:1.2.3.4',
    LONG,
    DATE,
    'Get\\x20',
    LONG,
    LONG,
    99,
    0,
    `\\"$&${LONG}`,
    `é😀${LONG}`,
    `%s${LONG}`,
    1e9,
  ],
  ['', 'a', DATE, LONG, '', '', 304, 1e15, '[ , ]', ' ', '::ffff:', 0.5],
]
