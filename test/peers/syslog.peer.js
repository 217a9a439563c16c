/**
 * Lines to the rsyslog of Debian over TLS, with the configuration of docs/live.md, while it is stopped, killed and away;
 * and to pino-socket. npm run test:peers -- syslog, or node test/peers/syslog.peer.js [ROW ...] for some rows.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { hushlog } from '../../dist/index.js'
import { certificate } from '../certificates.js'
import { runRows } from './rows.js'

const root = fileURLToPath(new URL('../../', import.meta.url))
const LINES = Number(process.env.LINES ?? 20_000)
const SECRET = 'Kd8-wq2Zx9'

const authority = certificate({ name: 'an authority of this suite', isAuthority: true })
const ours = certificate({ name: 'localhost', dns: ['localhost'], issuer: authority })
const others = certificate({ name: 'other', dns: ['logs.example'], issuer: authority })

const cleaners = []

async function cleanUp() {
  for (const clean of cleaners.splice(0).reverse()) await clean()
}

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'hushlog-peer-'))
  cleaners.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/** An rsyslog with the configuration of the document; only places and the port are other ones. */
class Rsyslog {
  constructor(folder, port, certificateOf = ours) {
    this.port = port
    this.folder = folder
    this.log = join(folder, 'received.log')
    const place = (name) => join(folder, name)
    writeFileSync(place('ca.pem'), authority.cert)
    writeFileSync(place('cert.pem'), certificateOf.cert)
    writeFileSync(place('key.pem'), certificateOf.key, { mode: 0o600 })
    mkdirSync(place('work'))
    const text = readFileSync(join(root, 'docs/live.md'), 'utf8').split('\n```ini\n')[1].split('\n```')[0]
    const configuration = text
      .replaceAll('/etc/ssl/logs-', `${folder}/`)
      .replace('/var/log/hushlog.log', this.log)
      .replace('port="6514"', `port="${port}" address="127.0.0.1"`)
      .replace('global(', `global(\n  workDirectory="${place('work')}"`)
    writeFileSync(place('rsyslog.conf'), configuration)
  }

  async start() {
    const pid = join(this.folder, 'pid')
    rmSync(pid, { force: true })
    const args = ['-n', '-f', join(this.folder, 'rsyslog.conf'), '-i', pid]
    this.child = spawn('rsyslogd', args, { stdio: 'ignore' })
    cleaners.push(() => this.stop('SIGKILL'))
    for (let i = 0; i < 500 && !(await isOpen(this.port)); i++) await sleep(20)
  }

  async stop(signal) {
    const { child } = this
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }

  /**
   * What it has written: lines of the program by number, how many came twice, what gaps were told, and how many pieces
   * of lines there are: one that is killed leaves half a line, which the next one goes on behind.
   */
  received() {
    const text = existsSync(this.log) ? readFileSync(this.log, 'utf8') : ''
    const ids = new Map()
    const gaps = []
    let [twice, torn] = [0, 0]
    for (const part of text.split(BEFORE_ID).slice(1)) {
      const [head] = part.split('"] ', 1)
      const record = parsed(part.slice(head.length + '"] '.length))
      if (record === undefined) torn++
      else if (record.kind === 'gap') gaps.push(record.count)
      else if (ids.has(Number(head))) twice++
      else ids.set(Number(head), record.n)
    }
    return { text, distinct: ids.size, twice, gaps, torn }
  }
}

const BEFORE_ID = '[meta sequenceId="'

function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

async function isOpen(port) {
  const socket = connect(port, '127.0.0.1')
  const opened = await Promise.race([once(socket, 'connect').then(() => true), once(socket, 'error')]).catch(
    () => false,
  )
  socket.destroy()
  return opened === true
}

function open(folder, ship) {
  const errors = []
  const log = hushlog({
    service: 'shop',
    stdout: false,
    storage: { dir: join(folder, 'logs') },
    scrub: { hide: [SECRET] },
    ship,
    onError: (error) => errors.push(error),
  })
  cleaners.push(() => log.close())
  return { log, errors }
}

const toRsyslog = (port, more = {}) => ({
  syslog: { host: 'localhost', port, tls: { ca: authority.cert }, ...more },
})

/** Logs the lines at some 20,000 a second while something else happens. */
async function logLines(log, count = LINES) {
  for (let n = 0; n < count; n++) {
    log.info({ n, password: SECRET }, `an order with ${SECRET}: é`)
    if (n % 100 === 99) await sleep(4)
  }
}

/** How many of the lines the store has. */
function kept(folder) {
  const files = readdirSync(join(folder, 'logs'), { recursive: true })
  const texts = files
    .filter((file) => file.endsWith('.log') || file.endsWith('.log.gz'))
    .map((file) => readFileSync(join(folder, 'logs', file)))
    .map((bytes) => (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString())
  return texts.join('').split('"n":').length - 1
}

async function settled(log) {
  for (let i = 0; i < 300 && log.stats().ship.syslog.waiting.lines > 0; i++) await sleep(100)
}

function check(problems, name, got, wanted) {
  if (got !== wanted) problems.push(`${name}: ${wanted} expected, got ${got}`)
}

/** Restarts rsyslog again and again in the middle of the lines, and compares what arrived. */
async function restarted(signal, times) {
  const folder = newFolder()
  const rsyslog = new Rsyslog(folder, await freePort())
  await rsyslog.start()
  const { log } = open(folder, toRsyslog(rsyslog.port, { maxWaiting: '32 MB' }))
  const logging = logLines(log)
  for (let i = 0; i < times; i++) {
    await sleep(250)
    await rsyslog.stop(signal)
    await sleep(50)
    await rsyslog.start()
  }
  await logging
  await settled(log)
  await log.close()
  await rsyslog.stop('SIGTERM')
  return { folder, stats: log.stats().ship.syslog, received: rsyslog.received() }
}

async function stopped() {
  const { folder, stats, received } = await restarted('SIGTERM', 2)
  const problems = []
  check(problems, 'received and missed', received.distinct + stats.missed, LINES)
  check(problems, 'confirmed', stats.confirmed, received.distinct)
  check(problems, 'pieces of lines', received.torn, 0)
  if (received.distinct < LINES / 2) problems.push(`only ${received.distinct} received`)
  check(problems, 'lines in the store', kept(folder), LINES)
  check(problems, 'secrets received', received.text.split(SECRET).length - 1, 0)
  const numbers = `${LINES} sent, ${received.distinct} received, ${stats.missed} missed, ${received.twice} came twice`
  return { numbers, problems }
}

async function killed() {
  const { folder, stats, received } = await restarted('SIGKILL', 2)
  const unseen = LINES - received.distinct - stats.missed
  const problems = []
  check(problems, 'lines in the store', kept(folder), LINES)
  if (received.distinct < LINES / 2) problems.push(`only ${received.distinct} received`)
  // What rsyslog had read and not written cannot be seen by any sender.
  if (unseen < 0) problems.push(`${-unseen} more than were sent`)
  return {
    numbers: `${LINES} sent, ${received.distinct} received, ${stats.missed} missed, ${unseen} unseen, ${received.torn} torn`,
    problems,
  }
}

async function away() {
  const folder = newFolder()
  const rsyslog = new Rsyslog(folder, await freePort())
  const { log, errors } = open(folder, toRsyslog(rsyslog.port, { maxWaiting: '256 KB' }))
  await logLines(log, LINES / 2)
  const { waiting } = log.stats().ship.syslog
  await rsyslog.start()
  await settled(log)
  for (let i = 0; i < 100; i++) log.info({ n: LINES + i })
  await settled(log)
  await log.close()
  await rsyslog.stop('SIGTERM')
  const { missed } = log.stats().ship.syslog
  const received = rsyslog.received()
  const problems = []
  check(problems, 'received and missed', received.distinct + missed, LINES / 2 + 100)
  check(problems, 'missed, as the server was told', received.gaps.join(), `${missed}`)
  check(problems, 'errors', errors.map(({ code }) => code).join(), 'HUSHLOG_LIVE')
  check(problems, 'lines in the store', kept(folder), LINES / 2 + 100)
  if (waiting.bytes > 256 * 1024) problems.push(`${waiting.bytes} bytes in memory`)
  return {
    numbers: `${received.distinct} received, ${missed} missed, ${waiting.bytes} bytes waited`,
    problems,
  }
}

async function wrongCertificate() {
  const folder = newFolder()
  const rsyslog = new Rsyslog(folder, await freePort(), others)
  await rsyslog.start()
  const { log, errors } = open(folder, toRsyslog(rsyslog.port))
  log.info({ n: 1 })
  for (let i = 0; i < 500 && errors.length === 0; i++) await sleep(20)
  const problems = []
  const wanted = `lines cannot be sent to syslog at localhost:${rsyslog.port}: its certificate bears another name (ERR_TLS_CERT_ALTNAME_INVALID)`
  check(problems, 'error', errors[0]?.message, wanted)
  await rsyslog.stop('SIGTERM')
  check(problems, 'received', rsyslog.received().distinct, 0)
  return { numbers: errors[0]?.hint, problems }
}

/** The first program of the document, as it stands there but for the port and the place of the authority. */
async function documented() {
  const folder = newFolder()
  const rsyslog = new Rsyslog(folder, await freePort())
  await rsyslog.start()
  const text = readFileSync(join(root, 'docs/live.md'), 'utf8').split('\n```js\n')[1].split('\n```')[0]
  const program = text
    .replace('6514', `${rsyslog.port}`)
    .replace('/etc/ssl/logs-ca.pem', join(folder, 'ca.pem'))
    .replace("'hushlog'", `'${join(root, 'dist/index.js')}'`)
  writeFileSync(join(folder, 'program.mjs'), program)
  const env = { ...process.env, SYSLOG_HOST: 'localhost' }
  const { status, stdout } = spawnSync(process.execPath, ['program.mjs'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  })
  await rsyslog.stop('SIGTERM')
  const problems = []
  check(problems, 'exit code', status, 0)
  check(problems, 'received', rsyslog.received().text, `[meta sequenceId="1"] ${stdout}`)
  return { numbers: '1 line', problems }
}

/** A TCP server that takes lines, and is away for a while. pino-socket keeps what it can while it is. */
async function pinoSocket() {
  const folder = newFolder()
  const port = await freePort()
  const numbers = new Set()
  let sockets = []
  const listen = async () => {
    let server
    server = createServer((socket) => {
      sockets.push(socket)
      let rest = ''
      socket.setEncoding('utf8').on('error', () => {})
      socket.on('data', (text) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop()
        for (const line of lines)
          if (line.startsWith('{"level"') && line.endsWith('}')) numbers.add(JSON.parse(line).n)
      })
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return server
  }
  const stop = (server) => {
    server.close()
    for (const socket of sockets) socket.destroy()
    sockets = []
  }
  let server = await listen()
  const options = {
    mode: 'tcp',
    address: '127.0.0.1',
    port,
    reconnect: true,
    recovery: true,
    recoveryQueueMaxSize: 1 << 24,
  }
  const { log } = open(folder, { transports: [{ target: 'pino-socket', options }] })
  const logging = logLines(log)
  await sleep(300)
  stop(server)
  await sleep(300)
  server = await listen()
  await logging
  await sleep(1000)
  await log.close()
  await sleep(200)
  stop(server)
  const [{ sent, missed }] = log.stats().ship.transports
  const problems = []
  check(problems, 'taken and missed', sent + missed, LINES)
  check(problems, 'lines in the store', kept(folder), LINES)
  if (numbers.size === 0 || numbers.size > sent) problems.push(`${numbers.size} received`)
  return {
    numbers: `${LINES} sent, ${sent} taken by the transport, ${missed} missed, ${numbers.size} received: it lost ${sent - numbers.size}`,
    problems,
  }
}

function install() {
  const isThere = spawnSync('rsyslogd', ['-v']).status === 0 && gnutlsIsThere()
  if (isThere) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' })
  const args = ['install', '-qq', '-y', '--no-install-recommends', 'rsyslog', 'rsyslog-gnutls']
  const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`rsyslog cannot be installed: ${stderr.slice(-500)}`)
}

function gnutlsIsThere() {
  return readdirSync('/usr/lib', { withFileTypes: true }).some(
    (entry) => entry.isDirectory() && existsSync(join('/usr/lib', entry.name, 'rsyslog/lmnsd_gtls.so')),
  )
}

install()
const ROWS = {
  'the program of the document': documented,
  'rsyslog stopped and started in the middle': stopped,
  'rsyslog away, and little memory': away,
  'rsyslog killed in the middle': killed,
  'rsyslog with the certificate of another': wrongCertificate,
  'pino-socket, its server away in the middle': pinoSocket,
}
await runRows(ROWS, process.argv.slice(2), cleanUp)
