/** Programs of keeper.peer.js under users of their own, by number: no account is made. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const KEEPER = 64001
export const APP = 64002
export const OTHER = 64003
const STRANGER = 64004
/** The group that logs. */
export const GROUP = 64010

const USERS = { keeper: KEEPER, app: APP, other: OTHER, stranger: STRANGER, root: 0 }
const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const COMMAND = path('../../../dist/cli/main.js')
const PROGRAM = path('./program.js')

const folders = []
const children = new Set()

/** A place where the keeper may make its directory. */
export function place() {
  const folder = mkdtempSync(join(tmpdir(), 'hushlog-keeper-'))
  folders.push(folder)
  chmodSync(folder, 0o755)
  const parent = join(folder, 'var')
  mkdirSync(parent)
  chownSync(parent, KEEPER, KEEPER)
  return { dir: join(parent, 'logs'), folder }
}

export async function cleanUp() {
  for (const child of children) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

function prefix(user) {
  const groups = user === 'stranger' ? `${USERS[user]}` : `${USERS[user]},${GROUP}`
  return [
    'setpriv',
    '--reuid',
    `${USERS[user]}`,
    '--regid',
    `${USERS[user]}`,
    '--groups',
    groups,
    process.execPath,
  ]
}

function start(user, args) {
  const [command, ...first] = prefix(user)
  const child = spawn(command, [...first, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  children.add(child)
  const said = { lines: [], stderr: '' }
  createInterface({ input: child.stdout }).on('line', (line) => said.lines.push(line))
  child.stderr.setEncoding('utf8').on('data', (data) => (said.stderr += data))
  child.stdin.on('error', () => {})
  const ended = once(child, 'close').then(([code, signal]) => {
    children.delete(child)
    return { code, signal, ...said }
  })
  return { child, ended, said }
}

/** `hushlog keep`, under the keeper's user; resolves when it is up. */
export async function startKeeper(dir, ...more) {
  const args = ['keep', '--group', `${GROUP}`, '--from', `${APP}`, '--from', `${OTHER}`, ...more, dir]
  const keeper = start('keeper', [COMMAND, ...args])
  while (!keeper.said.stderr.includes('keeping ') && keeper.child.exitCode === null) await pause(20)
  return keeper
}

export function startProgram(user, mode, options) {
  return start(user, [PROGRAM, mode, JSON.stringify(options)])
}

/** A program's last word, as an object. */
export async function runProgram(user, mode, options) {
  const { code, signal, lines, stderr } = await startProgram(user, mode, options).ended
  if (code !== 0) throw new Error(`${mode} as ${user} ended with ${signal ?? code}: ${stderr}`)
  return { ...JSON.parse(lines.at(-1)), stderr }
}

export function hushlog(user, ...args) {
  const [command, ...first] = prefix(user)
  const { status, stdout, stderr } = spawnSync(command, [...first, COMMAND, ...args], { encoding: 'utf8' })
  return { code: status, stdout, stderr }
}

export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export async function until(isSo, within = 60_000) {
  const end = performance.now() + within
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${within} ms: ${isSo}`)
    await pause(50)
  }
}
