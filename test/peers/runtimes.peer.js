/**
 * The packed package in the runtimes that people have: Node 20.19, 22 and 24, ES modules, CommonJS, TypeScript, bundles,
 * read-only file systems, process 1 of a container. Needs the network (npm), and root for the last two.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import ts from 'typescript'
import { base, folder, install, recordsIn, run, runUntil } from './runtimes/consumer.js'
import { CONTAINER, PLAIN, READ_ONLY, TYPESCRIPT } from './runtimes/programs.js'

const nodes = install()
const types = fileURLToPath(new URL('../../node_modules/@types', import.meta.url))
const failed = []

async function check(name, fn) {
  const from = performance.now()
  try {
    await fn()
    console.log(`ok: ${name}, ${Math.round(performance.now() - from)} ms`)
  } catch (error) {
    failed.push(name)
    console.log(`FAILED: ${name}\n${error.message}`)
  }
}

/** What each program leaves: the line without its secret, and all of it sealed. */
function checkSealed({ code, stderr, stdout }, dir, { audit = true } = {}) {
  assert.equal(code, 0, `${code}: ${stderr}`)
  const { records, sealed, open } = recordsIn(dir)
  assert.deepEqual({ sealed, open }, { sealed: 1, open: 0 }, 'it is sealed')
  const [line, refund] = records
  assert.deepEqual([line.service, line.user, line.msg], ['shop', 'ada', 'welcome'])
  assert.equal(line.password, '[SECRET:password]')
  assert.equal(refund?.action, audit ? 'order.refund' : undefined)
  assert.doesNotMatch(stdout + stderr + JSON.stringify(records), /hunter2/)
}

function compiled(name, modules) {
  const dir = folder(TYPESCRIPT)
  const options = {
    strict: true,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
    typeRoots: [types],
    ...modules,
  }
  // Under `bundler` a file that is told to be CommonJS has no imports.
  const files = Object.keys(TYPESCRIPT).filter((file) => !(name === 'bundler' && file.endsWith('.cts')))
  const program = ts.createProgram(
    files.map((file) => join(dir, file)),
    { skipLibCheck: true, ...options },
  )
  const found = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics]
  assert.deepEqual(
    found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' ')),
    [],
  )
  return { dir, files: files.map((file) => file.replace('ts', 'js')) }
}

const MODULES = {
  node20: { module: ts.ModuleKind.Node20 },
  nodenext: { module: ts.ModuleKind.NodeNext },
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
}

const REQUIRE = "import { createRequire } from 'module'; const require = createRequire(import.meta.url);"
const BUNDLES = {
  'bundle.mjs': { format: 'esm', banner: { js: REQUIRE } },
  'bundle.cjs': { format: 'cjs', logOverride: { 'empty-import-meta': 'silent' } },
}

async function bundled() {
  const entry = join(folder({ 'entry.mjs': PLAIN['esm.mjs'] }), 'entry.mjs')
  const common = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    write: false,
    logLevel: 'silent',
    minify: true,
  }
  const files = Object.entries(BUNDLES).map(async ([name, options]) => {
    const { outputFiles, warnings } = await build({ entryPoints: [entry], ...common, ...options })
    assert.deepEqual(warnings, [])
    return [name, outputFiles[0].text]
  })
  return Object.fromEntries(await Promise.all(files))
}

const bundles = await bundled()
const typed = {}
for (const [name, options] of Object.entries(MODULES)) {
  await check(`TypeScript under ${name} knows the names in .mts and .cts`, () => {
    typed[name] = compiled(name, options)
  })
}

for (const [version, node] of Object.entries(nodes)) {
  for (const [file, text] of Object.entries(PLAIN)) {
    await check(`${version}: ${file} logs, stores and seals`, () => {
      const dir = folder({ [file]: text })
      checkSealed(run(node, [file], dir), dir, { audit: !file.startsWith('transport') })
    })
  }
  for (const file of typed.node20?.files ?? []) {
    await check(`${version}: ${file}, compiled, runs`, () => {
      const dir = folder({ [file]: ts.sys.readFile(join(typed.node20.dir, file)) })
      checkSealed(run(node, [file], dir), dir)
    })
  }
  for (const [file, text] of Object.entries(bundles)) {
    await check(
      `${version}: ${file}, far from any node_modules and without pino-pretty, logs, stores and seals`,
      () => {
        const dir = folder({ [file]: text }, join(base, 'alone'))
        checkSealed(run(node, [file], dir), dir)
      },
    )
  }
}

/** The whole file system of a program, read-only for it alone. */
const MADE_READ_ONLY = 'mount --make-rprivate / && mount -o remount,bind,ro / && exec "$@"'

function runReadOnly(file) {
  const dir = folder({ [file]: READ_ONLY[file] })
  const args = ['-m', 'sh', '-c', MADE_READ_ONLY, 'sh', process.execPath, file]
  return run('unshare', args, dir)
}

for (const file of ['default.mjs', 'transport.mjs']) {
  await check(`a read-only root file system: ${file} sends its lines to standard output, and says so`, () => {
    const { code, stdout, stderr } = runReadOnly(file)
    assert.equal(code, 0, stderr)
    const line = JSON.parse(stdout)
    assert.equal(line.password, '[SECRET:password]')
    assert.equal(line.msg, 'welcome')
    assert.match(stderr, /lines go to standard output as JSON/)
  })
}

await check('a read-only root file system: a directory that was named is an error at the start', () => {
  const { code, stderr } = runReadOnly('explicit.mjs')
  assert.equal(code, 1)
  assert.match(stderr, /HUSHLOG_DIRECTORY/)
})

for (const file of Object.keys(CONTAINER)) {
  await check(
    `process 1 of a container, ${file}: after SIGTERM no line is missing, on standard output or stored`,
    async () => {
      const dir = folder({ [file]: CONTAINER[file] })
      const args = ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, file]
      const { code, stdout, stderr } = await runUntil('unshare', args, dir, (pid) =>
        process.kill(pid, 'SIGTERM'),
      )
      assert.match(stderr, /up as 1\n/)
      assert.equal(code, 7, stderr)
      const expected = Array.from({ length: 200 }, (_, i) => i)
      const lines = stdout
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
      assert.deepEqual(
        recordsIn(dir).records.map(({ i }) => i),
        expected,
        'stored',
      )
      assert.deepEqual(
        lines.map(({ i }) => i),
        expected,
        'on standard output',
      )
      assert.doesNotMatch(stdout, /hunter2/)
    },
  )
}

console.log(failed.length === 0 ? 'everything runs' : `${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1
