/**
 * The package as its users get it: built, packed and installed into an empty folder.
 */
import { execFile } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type BuildOptions, build } from 'esbuild'
import t, { type Test } from 'tap'
import ts from 'typescript'
import { isFrame } from './helpers.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const base = mkdtempSync(join(tmpdir(), 'hushlog-package-'))
t.teardown(() => rmSync(base, { recursive: true, force: true }))

/** Neither tap's loaders nor npm's settings of the outer run reach these programs. */
function run(command: string, args: string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  const foreign = Object.keys(process.env).filter((name) => name.startsWith('npm_') || name === 'INIT_CWD')
  const unset = ['NODE_OPTIONS', ...foreign].flatMap((name) => ['-u', name])
  return promisify(execFile)('env', [...unset, command, ...args], { cwd, maxBuffer: 1 << 26 })
}

/** Packs a copy of the tree, so that its build disturbs no test that runs at the same time. */
async function pack(): Promise<string> {
  const copy = join(base, 'tree')
  const left = ['node_modules', 'build', 'dist', 'logs', '.git', '.tap']
  cpSync(root, copy, { recursive: true, filter: (path) => !left.includes(relative(root, path)) })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  await run('npm', ['pack', '--pack-destination', base], copy)
  return join(base, readdirSync(base).find((file) => file.endsWith('.tgz'))!)
}

const consumer = join(base, 'consumer')

async function install(tarball: string): Promise<string> {
  const { version } = readJson(join(root, 'node_modules/@types/node/package.json'))
  mkdirSync(consumer)
  writeFileSync(join(consumer, 'package.json'), '{ "private": true, "type": "module" }')
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--foreground-scripts']
  const { stdout, stderr } = await run(
    'npm',
    ['install', ...flags, tarball, `@types/node@${version}`],
    consumer,
  )
  return stdout + stderr
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of other programs
function readJson(path: string): any {
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Every file under a folder, by its path from there. */
function filesIn(dir: string): string[] {
  const entries = readdirSync(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
}

/** Runs a program in a folder of its own and returns the records that it left in logs/open. */
async function logOf(
  name: string,
  files: Record<string, string>,
  parent: string = consumer,
): Promise<string> {
  const dir = join(parent, name)
  mkdirSync(dir, { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text)
  await run(process.execPath, [Object.keys(files)[0]], dir)
  const open = join(dir, 'logs/open')
  return readdirSync(open)
    .flatMap((file) => readFileSync(join(open, file), 'utf8').split('\n').slice(0, -1))
    .filter((line) => !isFrame(JSON.parse(line)))
    .map((line) => `${line}\n`)
    .join('')
}

const PASSWORD = 'correct horse battery'
const LOGGING = `
const log = hushlog({ service: 'shop' })
log.info({ user: 'ada', password: '${PASSWORD}' }, 'welcome')
`
const REQUESTS = `
import http from 'node:http'
import { hushlog, requestLogger } from 'hushlog'
const log = hushlog({ service: 'shop' })
const logRequest = requestLogger(log)
const server = http.createServer((req, res) => logRequest(req, res, () => res.end('hello')))
server.listen(0, '127.0.0.1', async () => {
  const answer = await fetch(\`http://127.0.0.1:\${server.address().port}/?token=${PASSWORD.replaceAll(' ', '-')}\`)
  await answer.text()
  server.close()
})
`
const ESM = `import { hushlog } from 'hushlog'\n${LOGGING}`
const CJS = `const { hushlog } = require('hushlog')\n${LOGGING}`

function checkLog(t: Test, log: string): void {
  const lines = log.trimEnd().split('\n')
  t.equal(lines.length, 1)
  const record = JSON.parse(lines[0])
  t.strictSame(Object.keys(record), [
    ...['level', 'time', 'service', 'host', 'pid', 'operation', 'reqId'],
    ...['user', 'password', 'msg'],
  ])
  t.match(record, { level: 30, service: 'shop', operation: 'process', user: 'ada', msg: 'welcome' })
  t.equal(record.password, '[SECRET:password]')
  t.notMatch(log, PASSWORD)
}

const tarball = await pack()
const installed = join(consumer, 'node_modules/hushlog')
const installOutput = await install(tarball)

t.test('the package holds the build, its papers and nothing else', async (t) => {
  t.strictSame(readdirSync(installed).sort(), [
    ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'],
    ...['dist', 'package.json'],
  ])
  const built = filesIn(join(installed, 'dist'))
  // The assembly is in the package as bytes, the script of the review's page as text.
  const sources = filesIn(join(root, 'lib')).filter(
    (file) =>
      file.endsWith('.ts') &&
      !file.endsWith('.d.ts') &&
      !file.includes('/assembly/') &&
      !file.includes('/client/'),
  )
  const modules = sources.map((file) => file.slice(0, -'.ts'.length))
  const typed = modules.map((module) => `${module}.d.ts`)
  const isShared = (file: string) => file.startsWith('shared-')
  t.strictSame(
    built.filter((file) => !isShared(file)).sort(),
    [
      ...typed,
      'index.js',
      'transport.js',
      'cli/main.js',
      'keep/seal-worker.js',
      'ship/ship-worker.js',
    ].sort(),
  )
  t.equal(
    built.filter(isShared).length,
    15,
    'what the library, the transport, the command and the threads have in common stands there once; S3, DuckDB and the page are loaded when they are used',
  )
})

t.test('no file of the package names a place on the machine that built it', async (t) => {
  const places = [root, base, `${homedir()}/`, 'sourceMappingURL=']
  const files = filesIn(installed)
  t.ok(files.includes('dist/index.js'))
  const named = (file: string) => {
    const text = readFileSync(join(installed, file), 'utf8')
    return places.filter((place) => text.includes(place)).map((place) => `${file}: ${place}`)
  }
  t.strictSame(files.flatMap(named), [])
})

t.test('no declaration needs the types of a package that may be missing', async (t) => {
  const { peerDependencies } = readJson(join(installed, 'package.json'))
  const quoted = Object.keys(peerDependencies).flatMap((name) => [`'${name}'`, `"${name}"`])
  const declarations = filesIn(installed).filter((file) => file.endsWith('.d.ts'))
  const needing = declarations.filter((file) => {
    const text = readFileSync(join(installed, file), 'utf8')
    return quoted.some((name) => text.includes(name))
  })
  t.ok(declarations.includes('dist/ship/s3/client.d.ts'))
  t.strictSame(needing, [])
})

t.test('only the package itself, its transport and its package.json can be imported', async (t) => {
  const { exports } = readJson(join(installed, 'package.json'))
  t.strictSame(Object.keys(exports), ['.', './transport', './package.json'])
  const program = `
    import { createRequire } from 'node:module'
    const codeOf = (path) => import(path).then(() => 'imported', ({ code }) => code)
    const { name } = createRequire(import.meta.url)('hushlog/package.json')
    console.log(JSON.stringify([name, await codeOf('hushlog/dist/index.js'), await codeOf('hushlog/lib/index.ts')]))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], consumer)
  t.strictSame(JSON.parse(stdout), [
    'hushlog',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
    'ERR_PACKAGE_PATH_NOT_EXPORTED',
  ])
})

t.test('npx finds the command, and it scrubs what is piped into it', async (t) => {
  const command = `printf 'password=%s\\n' '${PASSWORD.replaceAll(' ', '-')}' | npx --no-install hushlog scrub`
  const { stdout } = await run('sh', ['-c', command], consumer)
  t.equal(stdout, 'password=[SECRET:password]\n')
})

t.test('neither the package nor what it depends on runs a script when it is installed', async (t) => {
  const { packages } = readJson(join(consumer, 'package-lock.json'))
  t.ok(packages['node_modules/hushlog'])
  t.ok(packages['node_modules/pino'])
  const scripted = Object.keys(packages).filter((name) => packages[name].hasInstallScript)
  t.strictSame(scripted, [])
  t.notMatch(installOutput, 'install-scripts')
  t.notMatch(installOutput, '> hushlog@')
})

t.test('an ES module logs a line without the secret that it was given', async (t) => {
  checkLog(t, await logOf('esm', { 'program.js': ESM }))
})

t.test('pino finds the transport by its name, and its lines lose the same', async (t) => {
  const program = `
    import pino from 'pino'
    const options = { service: 'shop', storage: false, stdout: 'json' }
    const log = pino(pino.transport({ target: 'hushlog/transport', options }))
    log.info({ user: 'ada', password: '${PASSWORD}' }, 'welcome')`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], consumer)
  t.match(JSON.parse(stdout), { service: 'shop', user: 'ada', password: '[SECRET:password]', msg: 'welcome' })
})

t.test('a CommonJS module logs the same', async (t) => {
  checkLog(t, await logOf('cjs', { 'program.cjs': CJS }))
})

t.test('require gives the names that import gives', async (t) => {
  const program = `
    // Node adds __esModule for programs that a compiler has turned into CommonJS.
    const { __esModule, ...required } = require('hushlog')
    import('hushlog').then((imported) => {
      console.log(JSON.stringify([Object.keys(imported), Object.keys(required), required.default === required.hushlog]))
    })`
  const { stdout } = await run(process.execPath, ['--input-type=commonjs', '--eval', program], consumer)
  const [imported, required, isDefault] = JSON.parse(stdout)
  t.strictSame(required, imported)
  t.strictSame(
    ['hushlog', 'requestLogger', 'errorLogger', 'fastifyLogger', 'fastifyOptions'].filter(
      (name) => !imported.includes(name),
    ),
    [],
  )
  t.ok(isDefault)
})

const TYPED = `
import byDefault, { errorLogger, type Hushlog, hushlog, requestLogger } from 'hushlog'
import type { Logger } from 'pino'
import { createServer } from 'node:http'
import hushlogTransport, { type TransportOptions } from 'hushlog/transport'

const transportOptions: TransportOptions = { service: 'shop', storage: { keepDays: 90 } }
const stream: NodeJS.WritableStream = hushlogTransport(transportOptions)
// @ts-expect-error functions do not get into a worker thread
hushlogTransport({ onError() {} })
const log: Hushlog = hushlog({ service: 'shop', level: 'debug', storage: { keepDays: 90 } })
const asPino: Logger = byDefault()
asPino.info({ a: 1 }, 'hello %s', 'ada')
const logRequest = requestLogger(log)
createServer((req, res) => logRequest(req, res, () => res.end()))
errorLogger(log)
const audited: Promise<void> = log.child({ a: 1 }).audit({ action: 'a.b', actor: 'ada', outcome: 'success' })
// @ts-expect-error an outcome is one of three words
log.audit({ action: 'a.b', actor: 'ada', outcome: 'perhaps' })
export { audited, stream }
`

const COMPILERS: { files: string[]; options: ts.CompilerOptions }[] = [
  { files: ['esm.ts', 'esm.mts', 'cjs.cts'], options: { module: ts.ModuleKind.NodeNext } },
  { files: ['esm.ts', 'esm.mts', 'cjs.cts'], options: { module: ts.ModuleKind.Node20 } },
  {
    files: ['esm.ts'],
    options: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  },
]

for (const { files, options } of COMPILERS) {
  t.test(`the types hold for ${files.join(' and ')} under ${ts.ModuleKind[options.module!]}`, async (t) => {
    for (const file of files) writeFileSync(join(consumer, file), TYPED)
    const { checked, errors } = typeErrors(files, options)
    t.strictSame(errors, [])
    for (const part of [...files, 'hushlog/dist/types.d.ts', 'pino/pino.d.ts']) {
      t.ok(
        checked.some((path) => path.endsWith(part)),
        `${part} was checked`,
      )
    }
  })
}

/** As `tsc --noEmit` without skipLibCheck, but for the types of JavaScript and Node itself, which take seconds. */
function typeErrors(files: string[], modules: ts.CompilerOptions): { checked: string[]; errors: string[] } {
  const common = { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'] }
  const options = {
    ...common,
    types: ['node'],
    typeRoots: [join(consumer, 'node_modules/@types')],
    ...modules,
  }
  const paths = files.map((file) => join(consumer, file))
  const program = ts.createProgram(paths, options)
  const checked = program.getSourceFiles().filter((file) => {
    return !program.isSourceFileDefaultLibrary(file) && !file.fileName.includes('/@types/node/')
  })
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((file) => ts.getPreEmitDiagnostics(program, file)),
  ]
  const inWords = ({ file, start, messageText }: ts.Diagnostic) =>
    `${file?.fileName}:${start}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  return { checked: checked.map(({ fileName }) => fileName), errors: [...new Set(found.map(inWords))] }
}

/** What esbuild's users put before an ES module with CommonJS (pino) in it. It must not collide with our names. */
const REQUIRE = "import { createRequire } from 'module'; const require = createRequire(import.meta.url);"

const BUNDLED = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  write: false,
  logLevel: 'silent',
} as const

const BUNDLES: Record<string, BuildOptions> = {
  'program.mjs': { format: 'esm', banner: { js: REQUIRE } },
  'program.cjs': { format: 'cjs', logOverride: { 'empty-import-meta': 'silent' } },
}

for (const [file, options] of Object.entries(BUNDLES)) {
  t.test(`a program bundled into one file logs far from any node_modules: ${file}`, async (t) => {
    const entry = join(consumer, 'bundled.js')
    writeFileSync(entry, ESM)
    const { outputFiles, warnings } = await build({ entryPoints: [entry], ...BUNDLED, ...options })
    t.strictSame(warnings, [])
    checkLog(t, await logOf(file.slice(-3), { [file]: outputFiles![0].text }, join(base, 'alone')))
  })

  t.test(`a bundled server writes the same access records: ${file}`, async (t) => {
    const entry = join(consumer, 'server.js')
    writeFileSync(entry, REQUESTS)
    const { outputFiles } = await build({ entryPoints: [entry], ...BUNDLED, ...options })
    const log = await logOf(`server-${file.slice(-3)}`, { [file]: outputFiles![0].text }, join(base, 'alone'))
    const record = JSON.parse(log)
    t.match(record, { kind: 'access', req: { url: '/?token=[SECRET:query]' }, res: { statusCode: 200 } })
    t.match(
      record.msg,
      /^127\.0\.0\.1 - - \[.* \+0000\] "GET \/\?token=\[SECRET:query\] HTTP\/1\.1" 200 5 "-" "node" /,
    )
  })
}
