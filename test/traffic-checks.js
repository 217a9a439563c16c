/**
 * What the small run in `npm test` and the large one in `npm run test:peers` share: requests full of secrets, and
 * the checks of every file that they leave behind. Read file by file, so that a large run fits into memory.
 */
import { createReadStream, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip } from 'node:zlib'
import autocannon from 'autocannon'
import { problemOf } from '../examples/demo/evidence.js'
import { formsOf } from '../examples/demo/secrets.js'

export { inventWord } from '../examples/demo/secrets.js'

const CONNECTIONS = 50
/** Seconds: a busy machine is slow, and that is no failure of ours. */
const TIMEOUT = 100
/** No secret, in every request: what the search for secrets must find. */
const CONTROL = 'page=2'

/** Sends requests with secrets in query, headers and cookies, another set in each request; all hold the word. */
export async function sendRequests(url, amount, word) {
  let number = 0
  const setupRequest = (request) => ({ ...request, ...secretRequest(word, ++number) })
  const result = await autocannon({
    url,
    amount,
    connections: CONNECTIONS,
    timeout: TIMEOUT,
    requests: [{ setupRequest }],
  })
  if (result.errors + result.timeouts > 0) {
    throw new Error(`${result.errors} requests failed, ${result.timeouts} of them by timeout`)
  }
  return { answered: result['2xx'], seconds: result.duration }
}

function secretRequest(word, number) {
  const id = String(number).padStart(8, '0')
  const basic = Buffer.from(`ada:${word}${id}`).toString('base64')
  return {
    method: 'GET',
    path: `/orders/${number}?access_token=ghp_${word}${id}${word}&${CONTROL}&q=sk_live_${word}${id}`,
    headers: {
      authorization: number % 2 === 0 ? `Basic ${basic}` : `Bearer ${word}${id}${word}`,
      cookie: `theme=dark; sid=s%3A${word}${id}; csrf_token=${id}${word}`,
      'x-api-key': `${id}${word}`,
      referer: `https://mail.example/open?reset_token=${id}${word}`,
      'user-agent': `deploy/1.0 npm_${word}${word}${id}`,
    },
  }
}

/** What is wrong with what stands in a log directory after that many requests; an empty list when nothing is. */
export async function checkDirectory(dir, requests, word) {
  const found = { problems: [], lines: 0, accessRecords: 0, files: 0, bytes: 0, controls: 0, ids: new Set() }
  const secret = [...formsOf(word), ...formsOf(word.toUpperCase())]
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) await checkFile(join(entry.parentPath, entry.name), secret, found)
  }
  const { problems, accessRecords, ids, controls } = found
  if (accessRecords !== requests) problems.push(`${requests} requests, ${accessRecords} access records`)
  if (ids.size !== requests) problems.push(`${requests} requests, ${ids.size} different ids`)
  if (controls < requests)
    problems.push(`the search found "${CONTROL}" in ${controls} lines, so it may miss secrets too`)
  return found
}

async function checkFile(path, secret, found) {
  found.files++
  const file = createReadStream(path)
  const isSegment = path.includes('/sealed/') || path.includes('/open/')
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file
  for await (const line of createInterface({ input })) {
    found.bytes += Buffer.byteLength(line) + 1
    if (line.includes(CONTROL)) found.controls++
    if (secret.some((form) => line.includes(form))) tell(found, path, `holds a secret: ${line.slice(0, 300)}`)
    if (isSegment) checkLine(line, path, found)
  }
}

function checkLine(line, path, found) {
  found.lines++
  const problem = problemOf(line)
  if (problem !== undefined) {
    tell(found, path, `a line ${problem}: ${line.slice(0, 300)}`)
    return
  }
  const record = JSON.parse(line)
  if (record.kind === 'gap') tell(found, path, `lines were lost: ${line}`)
  if (record.kind !== 'access') return
  found.accessRecords++
  found.ids.add(record.reqId)
  const difference = differenceOf(record)
  if (difference !== undefined) tell(found, path, `${difference}: ${record.msg}`)
}

const TEXT = '"((?:[^"\\\\]|\\\\.)*)"'
const DATE = '\\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000\\]'
const COMMON_LOG = new RegExp(
  `^(\\S+) - (\\S+) ${DATE} "([A-Z]+) ([^\\s"]+) HTTP/(\\d\\.\\d)" (\\d{3}) (\\d+) ${TEXT} ${TEXT} ${TEXT} (\\d+) ms ${TEXT} (\\S+)$`,
)

/** In what the message of an access record, read as common log format, differs from its fields. */
function differenceOf({ msg, req, res, responseTime, operation, reqId }) {
  const match = COMMON_LOG.exec(msg)
  if (match === null) return 'a message is not in common log format'
  const [, host, , method, url, , status, bytes, , , , elapsed, name, id] = match
  const pairs = [
    [host, req.remoteAddress],
    [method, req.method],
    [url, req.url],
    [status, String(res.statusCode)],
    [bytes, String(res.contentLength)],
    [elapsed, String(responseTime)],
    [name, operation],
    [id, reqId],
  ]
  const other = pairs.find(([a, b]) => a !== b)
  return other === undefined ? undefined : `a message says ${other[0]} where the record says ${other[1]}`
}

const MOST_PROBLEMS = 10

function tell(found, path, problem) {
  if (found.problems.length < MOST_PROBLEMS) found.problems.push(`${path}: ${problem}`)
}
