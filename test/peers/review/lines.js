/**
 * The lines themselves, byte for byte as the library writes them; review.peer.js compares them with what it makes. They
 * are put together from pieces because a hundred megabytes a second are wanted.
 */

const HEX = Array.from({ length: 65_536 }, (_, i) => i.toString(16).padStart(4, '0'))
const MS = Array.from({ length: 1000 }, (_, i) => `${String(i).padStart(3, '0')}Z`)
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')

let second = -1
let isoSecond = ''
let clfSecond = ''

function atSecond(time) {
  const found = Math.floor(time / 1000)
  if (found === second) return
  second = found
  isoSecond = new Date(found * 1000).toISOString().slice(0, 20)
  const day = `${isoSecond.slice(8, 10)}/${MONTHS[Number(isoSecond.slice(5, 7)) - 1]}/${isoSecond.slice(0, 4)}`
  clfSecond = `${day}:${isoSecond.slice(11, 19)} +0000`
}

export function iso(time) {
  atSecond(time)
  return isoSecond + MS[time - second * 1000]
}

/** `30/Nov/2026:07:09:25 +0000` */
export function clf(time) {
  atSecond(time)
  return clfSecond
}

/** UUID version 7, of a time and 74 of these bits. */
export function requestId(time, a, b, c) {
  const high = Math.floor(time / 65_536)
  return `${HEX[(high >>> 16) & 65_535]}${HEX[high & 65_535]}-${HEX[time % 65_536]}-7${HEX[a & 4095].slice(1)}-${HEX[0x8000 | (b & 0x3fff)]}-${HEX[a >>> 16]}${HEX[c & 65_535]}${HEX[c >>> 16]}`
}

/** What stands between the time and the request id of a writer's lines. */
export function headOf({ service, host, pid }, operation) {
  return `","service":"${service}","host":"${host}","pid":${pid},"operation":"${operation}","reqId":"`
}

/** @param rest members without braces, `msg` the last of them */
export function appLine(level, time, head, id, rest) {
  return `{"level":${level},"time":"${iso(time)}${head}${id}",${rest}}\n`
}

/**
 * @param request `{ start, took, head, id, method, url, operation, remote, user?, status?, bytes, agent, err? }`; without
 * a status it was aborted
 */
export function accessLine(level, request) {
  const { start, took, head, id, method, url, remote, user, status, bytes, agent, operation, err } = request
  const date = clf(start)
  const who = user === undefined ? '' : `,"user":"${user}"`
  const aborted = status === undefined ? ',"aborted":true' : ''
  const code = status ?? 'null'
  return `{"level":${level},"time":"${iso(start + took)}${head}${id}","kind":"access","req":{"method":"${method}","url":"${url}","remoteAddress":"${remote}"${who}},"res":{"statusCode":${code},"contentLength":${bytes}},"responseTime":${took}${aborted}${err ?? ''},"msg":"${remote} - ${user ?? '-'} [${date}] \\"${method} ${url} HTTP/1.1\\" ${status ?? '-'} ${bytes} \\"-\\" \\"${agent}\\" \\"*/*\\" ${took} ms \\"${operation}\\" ${id}"}\n`
}

/** @param event `{ action, actor, target, outcome, reason?, remote? }` */
export function auditLine(time, head, id, { action, actor, target, outcome, reason, remote }) {
  const level = outcome === 'success' ? 30 : 40
  const why = reason === undefined ? '' : `,"reason":"${reason}"`
  const details = remote === undefined ? '' : `,"details":{"remoteAddress":"${remote}"}`
  const from = remote === undefined ? '' : ` from ${remote}`
  return `{"level":${level},"time":"${iso(time)}${head}${id}","kind":"audit","action":"${action}","actor":"${actor}","target":"${target}","outcome":"${outcome}"${why}${details},"msg":"${action} ${outcome} by ${actor}${from}"}\n`
}
