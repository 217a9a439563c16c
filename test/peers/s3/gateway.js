/**
 * A real S3 server with versions and Object Lock: Ceph's gateway as Debian has it, with one monitor and one disk, on
 * loopback, in a folder of its own. Nothing of it is left when the process that started it has ended.
 */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const COMMAND_TIMEOUT = 60_000
const START_TIMEOUT = 120_000
const INSTALL_TIMEOUT = 500_000
const HOST = '127.0.0.1'

/**
 * Starts it and makes one user.
 * @param store `memstore`, or `bluestore`, whose data outlives kill9()
 * @param front more settings of what speaks S3
 */
export async function startGateway({ store = 'memstore', front = {} } = {}) {
  install(['radosgw', 'ceph-mon', 'ceph-osd', 'ceph'], ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'])
  const gateway = new Gateway({ store, front }, await freePort(), await freePort())
  try {
    await gateway.make()
  } catch (error) {
    const log = gateway.lastWords()
    await gateway.stop()
    throw new Error(`${error.message}\n${log}`)
  }
  return gateway
}

/** Debian packages, when one of their commands is missing. Needs root and the network. */
export function install(commands, packages) {
  const isThere = (command) => spawnSync('which', [command]).status === 0
  if (commands.every(isThere)) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const options = { env, stdio: 'ignore', timeout: INSTALL_TIMEOUT }
  run('apt-get', ['update', '-qq'], options)
  run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...packages], options)
}

export function run(command, args, options = {}) {
  const ended = spawnSync(command, args, { timeout: COMMAND_TIMEOUT, encoding: 'utf8', ...options })
  if (ended.error !== undefined || ended.status !== 0)
    throw new Error(`${command}: ${ended.error?.code ?? ended.status} ${ended.stderr?.slice(-500) ?? ''}`)
  return ended.stdout
}

export async function freePort() {
  const server = createServer().listen(0, HOST)
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

class Gateway {
  #dir = mkdtempSync(join(tmpdir(), 'hushlog-ceph-'))
  #conf = join(this.#dir, 'ceph.conf')
  #keyring = join(this.#dir, 'keyring')
  #store
  #front
  #port
  #monitorPort
  #daemons = new Map()

  constructor({ store, front }, port, monitorPort) {
    this.#store = store
    this.#front = front
    this.#port = port
    this.#monitorPort = monitorPort
    process.once('exit', () => this.#vanish())
  }

  get endpoint() {
    return `http://${HOST}:${this.#port}`
  }

  get port() {
    return this.#port
  }

  async make() {
    process.once('exit', () => this.#remove())
    const fsid = randomUUID()
    for (const folder of ['mon', 'osd', 'rgw', 'run']) mkdirSync(join(this.#dir, folder))
    writeFileSync(this.#conf, this.#configuration(fsid))
    this.#makeKeys()
    const monmap = join(this.#dir, 'monmap')
    run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', this.#monitors(), monmap])
    run('ceph-mon', [...this.#common(), '--mkfs', '-i', 'a', '--monmap', monmap, '--keyring', this.#keyring])
    await this.#startMonitor()
    this.#makeDisk()
    await this.#startDisk()
    await this.#startFront()
    this.user = this.createUser('writer')
  }

  /** @returns its credentials, made up for this run, as the SDK takes them from the environment */
  createUser(name) {
    const accessKey = `TEST${randomBytes(8).toString('hex').toUpperCase()}`
    const secretKey = randomBytes(20).toString('hex')
    const args = ['user', 'create', `--uid=${name}`, `--display-name=${name}`]
    const keys = [`--access-key=${accessKey}`, `--secret-key=${secretKey}`]
    run('radosgw-admin', [...this.#common(), ...args, ...keys])
    return { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey }
  }

  /** Everything dies at once, as when the host loses its power. */
  async kill9() {
    await this.#kill('SIGKILL', ['radosgw', 'ceph-osd', 'ceph-mon'])
  }

  /** What speaks S3 dies; what it has stored is there when it is up again. */
  async kill9Front() {
    await this.#kill('SIGKILL', ['radosgw'])
  }

  /** Starts what is down, on the same port. */
  async restart() {
    if (!this.#daemons.has('ceph-mon')) await this.#startMonitor()
    if (!this.#daemons.has('ceph-osd')) await this.#startDisk()
    if (!this.#daemons.has('radosgw')) await this.#startFront()
  }

  async stop() {
    await this.kill9()
    this.#remove()
  }

  #remove() {
    for (const child of this.#daemons.values()) child.kill('SIGKILL')
    rmSync(this.#dir, { recursive: true, force: true })
  }

  /** Whatever ended this process, while nothing can be waited for. */
  #vanish() {
    for (const child of this.#daemons.values()) child.kill('SIGKILL')
    rmSync(this.#dir, { recursive: true, force: true, maxRetries: 3 })
  }

  lastWords() {
    const log = (name) => {
      try {
        return `${name}: ${readFileSync(join(this.#dir, `${name}.log`), 'utf8').slice(-1000)}`
      } catch {
        return `${name}: no log`
      }
    }
    return ['ceph-mon', 'ceph-osd', 'radosgw'].map(log).join('\n')
  }

  #monitors() {
    return `[v2:${HOST}:${this.#monitorPort}]`
  }

  #common() {
    return ['-c', this.#conf]
  }

  #configuration(fsid) {
    const settings = {
      fsid,
      mon_host: this.#monitors(),
      public_addr: HOST,
      cluster_addr: HOST,
      // Without keys the gateway is refused for ever.
      auth_cluster_required: 'cephx',
      auth_service_required: 'cephx',
      auth_client_required: 'cephx',
      auth_allow_insecure_global_id_reclaim: false,
      keyring: this.#keyring,
      osd_pool_default_size: 1,
      osd_pool_default_min_size: 1,
      osd_pool_default_pg_num: 4,
      osd_pool_default_pgp_num: 4,
      osd_pool_default_pg_autoscale_mode: 'off',
      osd_crush_chooseleaf_type: 0,
      mon_allow_pool_size_one: true,
      mon_max_pg_per_osd: 2000,
      run_dir: join(this.#dir, 'run'),
      admin_socket: join(this.#dir, 'run', '$name.$pid.asok'),
      mon_data: join(this.#dir, 'mon'),
      osd_data: join(this.#dir, 'osd'),
      osd_objectstore: this.#store,
      memstore_device_bytes: 4 * 1024 ** 3,
      bluestore_block_size: 4 * 1024 ** 3,
      osd_memory_target: 900 * 1024 ** 2,
      log_to_stderr: true,
      err_to_stderr: true,
      log_file: '',
    }
    const front = {
      rgw_data: join(this.#dir, 'rgw'),
      rgw_frontends: `beast endpoint=${HOST}:${this.#port}`,
      rgw_thread_pool_size: 32,
      rgw_run_sync_thread: false,
      rgw_enable_usage_log: false,
      rgw_enable_ops_log: false,
      ...this.#front,
    }
    const lines = (values) => Object.entries(values).map(([name, value]) => `${name} = ${value}`)
    return ['[global]', ...lines(settings), '[client.rgw.a]', ...lines(front), ''].join('\n')
  }

  #makeKeys() {
    const caps = {
      'mon.': ['mon', 'allow *'],
      'client.admin': ['mon', 'allow *', 'osd', 'allow *', 'mgr', 'allow *'],
      'osd.0': ['mon', 'allow profile osd', 'osd', 'allow *', 'mgr', 'allow profile osd'],
      'client.rgw.a': ['mon', 'allow rw', 'osd', 'allow rwx'],
    }
    run('ceph-authtool', [this.#keyring, '--create-keyring'])
    for (const [name, rights] of Object.entries(caps)) {
      const pairs = rights.flatMap((right, i) => (i % 2 === 0 ? ['--cap', right, rights[i + 1]] : []))
      run('ceph-authtool', [this.#keyring, '--gen-key', '-n', name, ...pairs])
    }
  }

  #makeDisk() {
    const uuid = randomUUID()
    const id = run('ceph', [...this.#common(), 'osd', 'new', uuid]).trim()
    const place = ['-i', id, '--osd-uuid', uuid, '--osd-data', join(this.#dir, 'osd')]
    run('ceph-osd', [...this.#common(), ...place, '--mkfs', '--no-mon-config'])
  }

  async #startMonitor() {
    this.#start('ceph-mon', ['-i', 'a'])
    await this.#until('ceph-mon', () => this.#ask(['-s']) !== undefined)
  }

  async #startDisk() {
    this.#start('ceph-osd', ['-i', '0', '--osd-data', join(this.#dir, 'osd')])
    await this.#until('ceph-osd', () => this.#ask(['osd', 'stat'])?.includes('1 up'))
  }

  async #startFront() {
    this.#start('radosgw', ['-n', 'client.rgw.a'])
    const isUp = () =>
      fetch(this.endpoint).then(
        (answer) => answer.arrayBuffer().then(() => answer.ok),
        () => false,
      )
    await this.#until('radosgw', isUp)
  }

  #ask(args) {
    const { status, stdout } = spawnSync('timeout', ['5', 'ceph', ...this.#common(), ...args], {
      encoding: 'utf8',
    })
    return status === 0 ? stdout : undefined
  }

  #start(name, args) {
    const log = openSync(join(this.#dir, `${name}.log`), 'a')
    const child = spawn(name, [...this.#common(), '-f', ...args], { stdio: ['ignore', log, log] })
    child.ended = once(child, 'exit').then(() => this.#daemons.delete(name))
    this.#daemons.set(name, child)
  }

  async #until(name, isUp) {
    const end = Date.now() + START_TIMEOUT
    while (!(await isUp())) {
      if (!this.#daemons.has(name)) throw new Error(`${name} has ended`)
      if (Date.now() > end) throw new Error(`${name} is not up after ${START_TIMEOUT / 1000} s`)
      await sleep(100)
    }
  }

  async #kill(signal, names) {
    const children = names.map((name) => this.#daemons.get(name)).filter((child) => child !== undefined)
    for (const child of children) child.kill(signal)
    await Promise.all(children.map(({ ended }) => ended))
  }
}
