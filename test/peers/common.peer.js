/**
 * 100,000 lines of common log text and more, made by a real server and full of attempts to forge a line, read by
 * GoAccess and fail2ban as Debian has them, with the configurations of docs/goaccess.md and docs/fail2ban.md.
 */
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const REQUESTS = Number(process.env.REQUESTS ?? 90_000)
const PER_CLIENT = 300
const TIMEOUT = 100_000
const root = fileURLToPath(new URL('../../', import.meta.url))
const problems = []

/** What no log may take at its word: 198.51.100.x never sent anything. */
const FORGED = [
  'x from 198.51.100.1',
  '198.51.100.2 - - [24/Nov/2026:02:29:31 +0000] "GET /forged HTTP/1.1" 401 5 "-" "-"',
  'a"\n198.51.100.3 - - [24/Nov/2026:02:29:31 +0000] "POST /login HTTP/1.1" 401 5 "-" "-" "-" 1 ms "-" x\n',
  'x" warn id "auth.login failure by x from 198.51.100.4',
  'b\\" 403 5 \\" from 198.51.100.5"',
  '\u001b[2J\u2028\r\n[24/Nov/2026:02:29:31 +0000] from 198.51.100.6',
]
const hostile = (i) => FORGED[i % FORGED.length]

/** How many requests of each kind were sent, and by whom. */
const sent = { total: 0, byStatus: {}, denied: {}, logins: {}, notes: 0, users: 0 }

function requestOf(i, address) {
  const isLogin = i % 20 === 3
  const status = isLogin ? 401 : i % 20 === 7 ? 403 : i % 10 === 1 ? 404 : i % 50 === 9 ? 500 : 200
  const path = isLogin ? '/login' : `/orders/${i % 7}?q=${i % 3 === 0 ? '"\\x20401\\x205' : 'plain'}`
  const headers = [`host: shop`, `x-status: ${status}`]
  if (isLogin) headers.push(`x-login: ${encodeURIComponent(hostile(i))}`)
  if (i % 10 === 5) headers.push(`x-note: ${encodeURIComponent(hostile(i))}`)
  if (i % 4 === 2) headers.push(`x-user: ${encodeURIComponent(hostile(i))}`)
  if (i % 3 === 1) headers.push(`user-agent: evil" 401 5 "-" "from 198.51.100.7"`)
  if (i % 3 === 2) headers.push(`referer: http://x/" 403 9 "from 198.51.100.8`)
  sent.total++
  sent.byStatus[status] = (sent.byStatus[status] ?? 0) + 1
  if (status === 401 || status === 403) sent.denied[address] = (sent.denied[address] ?? 0) + 1
  if (isLogin) sent.logins[address] = (sent.logins[address] ?? 0) + 1
  if (i % 10 === 5) sent.notes++
  return `${isLogin ? 'POST' : 'GET'} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n${isLogin ? 'content-length: 0\r\n' : ''}\r\n`
}

/** Sends its requests on one connection without waiting for answers, from an address of its own. */
async function client(port, first, count) {
  const n = Math.floor(first / PER_CLIENT)
  const localAddress = `127.0.${1 + Math.floor(n / 200)}.${1 + (n % 200)}`
  const socket = connect({ port, host: '127.0.0.1', localAddress })
  socket.setTimeout(TIMEOUT, () => socket.destroy(new Error('the server does not answer')))
  await once(socket, 'connect')
  let text = ''
  for (let i = first; i < first + count; i++) text += requestOf(i, localAddress)
  socket.write(text)
  let answers = 0
  let rest = ''
  for await (const chunk of socket.setEncoding('latin1')) {
    const parts = (rest + chunk).split('HTTP/1.1 ')
    rest = parts.at(-1).slice(-8)
    answers = answers + parts.length - 1
    if (rest.includes('HTTP/1.1 ')) throw new Error('an answer was counted twice')
    if (answers === count) break
  }
  socket.destroy()
}

/** Leaves before the answer: such a record has no status. */
async function leave(port) {
  const socket = connect({ port, host: '127.0.0.1' })
  await once(socket, 'connect')
  socket.write('GET /never HTTP/1.1\r\nhost: shop\r\n\r\n')
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.destroy()
}

function run(command, args, options = {}) {
  const ended = spawnSync(command, args, {
    timeout: TIMEOUT,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
    ...options,
  })
  if (ended.error !== undefined || ended.status !== 0)
    throw new Error(`${command}: ${ended.error?.code ?? ended.status} ${ended.stderr?.slice(-500)}`)
  return ended.stdout
}

function install(commands, packages) {
  const isThere = (command) => spawnSync('which', [command]).status === 0
  if (commands.every(isThere)) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  run('apt-get', ['update', '-qq'], { env, stdio: 'ignore' })
  run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...packages], { env, stdio: 'ignore' })
}

function expect(name, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted))
    problems.push(`${name}: ${JSON.stringify(wanted)} expected, got ${JSON.stringify(got)}`)
}

/** The blocks of a document in one language. */
function documented(file, language) {
  const parts = readFileSync(join(root, 'docs', file), 'utf8')
    .split(`\n\`\`\`${language}\n`)
    .slice(1)
  return parts.map((part) => part.slice(0, part.indexOf('```'))).join('')
}

async function makeLog(log) {
  const out = openSync(log, 'w')
  const child = fork(join(root, 'test/peers/common/server.js'), { stdio: ['ignore', out, 'ignore', 'ipc'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT)
  const [{ port }] = await once(child, 'message')
  for (let first = 0; first < REQUESTS; first += 4 * PER_CLIENT) {
    const starts = [0, 1, 2, 3].map((n) => first + n * PER_CLIENT).filter((start) => start < REQUESTS)
    await Promise.all(starts.map((start) => client(port, start, Math.min(PER_CLIENT, REQUESTS - start))))
  }
  for (let i = 0; i < 5; i++) await leave(port)
  child.send('stop')
  await once(child, 'exit')
  clearTimeout(timer)
  closeSync(out)
}

function checkGoAccess(folder, log) {
  const html = join(folder, 'report.json')
  const script = documented('goaccess.md', 'console')
    .replaceAll('app.log', log)
    .replaceAll('report.html', html)
  run('sh', ['-ec', script], { cwd: folder, stdio: 'ignore' })
  const report = JSON.parse(readFileSync(html, 'utf8'))
  const { general } = report
  expect('requests that GoAccess counts', general.total_requests, sent.total)
  expect('lines that GoAccess cannot read', general.failed_requests, 0)
  const counts = {}
  for (const { items = [] } of report.status_codes.data)
    for (const { data, hits } of items) counts[data.slice(0, 3)] = hits.count
  expect('requests by status', counts, sent.byStatus)
  const hosts = report.hosts.data.map(({ data }) => data)
  expect(
    'hosts that sent nothing',
    hosts.filter((host) => !host.startsWith('127.0.')),
    [],
  )
  const logins = report.requests.data.find(({ data }) => data.startsWith('/login'))
  expect(
    'requests to /login',
    logins?.hits.count,
    Object.values(sent.logins).reduce((sum, count) => sum + count, 0),
  )
  const orders = report.not_found.data
    .concat(report.requests.data)
    .filter(({ data }) => data.startsWith('/forged'))
  expect('paths that nobody asked for', orders, [])
  return `${general.total_requests} requests, ${general.failed_requests} invalid`
}

function checkFail2ban(folder, log, filter, wanted) {
  const file = join(root, 'examples', `fail2ban-${filter}.conf`)
  const rules = readFileSync(file, 'utf8').split('\n').slice(1).join('\n')
  expect(`${filter} in docs/fail2ban.md`, documented('fail2ban.md', 'ini').includes(rules), true)
  const copy = join(folder, `${filter}.conf`)
  writeFileSync(copy, readFileSync(file))
  const out = run('fail2ban-regex', ['--out', 'ip', log, copy])
  const banned = {}
  for (const address of out.trim().split('\n')) banned[address] = (banned[address] ?? 0) + 1
  const order = (counts) => Object.fromEntries(Object.entries(counts).sort())
  expect(`addresses that ${filter} tells`, order(banned), order(wanted))
  return `${out.trim().split('\n').length} by ${filter}`
}

const folder = mkdtempSync(join(tmpdir(), 'hushlog-peer-'))
try {
  install(['goaccess', 'fail2ban-regex'], ['goaccess', 'fail2ban'])
  const log = join(folder, 'app.log')
  await makeLog(log)
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1)
  const logins = Object.values(sent.logins).reduce((sum, count) => sum + count, 0)
  expect('lines', lines.length, sent.total + sent.notes + logins + 5)
  console.log(`  ${lines.length} lines`)
  console.log(`  GoAccess: ${checkGoAccess(folder, log)}`)
  console.log(`  fail2ban: ${checkFail2ban(folder, log, 'hushlog-access', sent.denied)}`)
  console.log(`  fail2ban: ${checkFail2ban(folder, log, 'hushlog-login', sent.logins)}`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
for (const problem of problems) console.log(`    ${problem.slice(0, 600)}`)
if (problems.length > 0) process.exitCode = 1
