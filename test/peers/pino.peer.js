/**
 * pino's own tests, as its package has them, with `hushlog()` in the place of `pino()`. What fails must stand in
 * pino/expected.js with its reason, and what stands there must fail. node test/peers/pino.peer.js [FILE ...]
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EXPECTED, NOT_RUN } from './pino/expected.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pino = join(root, 'node_modules/pino')
const TIMEOUT = 20_000

const folder = mkdtempSync(join(tmpdir(), 'hushlog-pino-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
for (const name of ['test', 'package.json']) cpSync(join(pino, name), join(folder, name), { recursive: true })
symlinkSync(join(pino, 'lib'), join(folder, 'lib'))
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
const limits = fileURLToPath(new URL('./pino/limits.cjs', import.meta.url))
const shim = JSON.stringify(fileURLToPath(new URL('./pino/shim.cjs', import.meta.url)))
writeFileSync(join(folder, 'pino.js'), `module.exports = require(${shim})\n`)

const all = readdirSync(join(folder, 'test'), { recursive: true }).filter((name) =>
  /\.test\.[cm]?[jt]s$/.test(name),
)
const wanted = process.argv.slice(2)
const files = all.filter(
  (file) => reasonFor(file) === undefined && (wanted.length === 0 || wanted.includes(file)),
)

function reasonFor(file) {
  return NOT_RUN.find(({ files }) =>
    files.some((one) => (one.endsWith('*') ? file.startsWith(one.slice(0, -1)) : one === file)),
  )
}

const failures = new Map()
let passed = 0
for (const file of files) {
  const args = ['--require', limits, '--test-reporter=tap', join(folder, 'test', file)]
  const options = {
    timeout: TIMEOUT,
    killSignal: 'SIGKILL',
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  }
  const { stdout, signal } = spawnSync(process.execPath, args, options)
  if (signal !== null) failures.set(`${file}: the whole file`, `did not end within ${TIMEOUT} ms`)
  const before = passed + failures.size
  for (const part of stdout.split(/^(?=(?:not )?ok )/m)) {
    const [, not, name] = /^(not )?ok \d+ - (.*)/.exec(part) ?? []
    if (name !== undefined && not === undefined) passed++
    if (not !== undefined)
      failures.set(name, /error: ([\s\S]*?)\n {2}code/.exec(part)?.[1] ?? part.slice(0, 500))
  }
  if (passed + failures.size === before) failures.set(`${file}: the whole file`, 'has run no test')
}

const ranFiles = new Set(files.map((file) => basename(file)))
const listed = new Map(
  EXPECTED.flatMap(({ file, names, reason }) => names.map((name) => [`${file}: ${name}`, reason])),
)
const isOfRun = (name) => ranFiles.has(name.slice(0, name.indexOf(': ')))
const unlisted = [...failures].filter(([name]) => !listed.has(name))
const recovered = [...listed.keys()].filter((name) => isOfRun(name) && !failures.has(name))
console.log(`${passed} of pino's tests pass, ${failures.size - unlisted.length} differ as explained`)
for (const [name, message] of unlisted)
  console.log(`fails and is not listed: ${name}\n    ${message.split('\n').slice(0, 12).join('\n    ')}`)
for (const name of recovered) console.log(`is listed and does not fail: ${name}`)
if (passed < 100 && wanted.length === 0) throw new Error('hardly anything ran: this proves nothing')
process.exitCode = unlisted.length + recovered.length === 0 ? 0 : 1
