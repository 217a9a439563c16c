/**
 * publint and are-the-types-wrong over the tarball that npm would publish. dist/ must have been built.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dir = mkdtempSync(join(tmpdir(), 'hushlog-pack-'))
process.on('exit', () => rmSync(dir, { recursive: true, force: true }))

function run(command, ...args) {
  console.error(`attw: ${[command, ...args].join(' ')}`)
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) process.exit(status ?? 1)
}

// Built before: prepack would empty dist/ under whatever else reads it.
run('npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', dir)
const tarball = join(dir, readdirSync(dir)[0])
run(join(root, 'node_modules/.bin/publint'), 'run', tarball, '--strict')
// An ES module that CommonJS requires is what we are: Node >= 20.19 does it. The rule knows only older ones.
// Every other rule stays on for every kind of resolution, which the profile `esm-only` would not do.
const rules = ['--ignore-rules', 'cjs-resolves-to-esm', '--no-definitely-typed', '--no-emoji']
run(join(root, 'node_modules/.bin/attw'), tarball, ...rules)
