/**
 * Runs every block of code in the documents as it stands there, in a folder of its own, and compares what it prints
 * with the block that follows it, where `…` stands for anything within a line. A program that listens is left running
 * beside the commands that follow it, in the same folder.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import ts from 'typescript'

interface Block {
  language: string
  text: string
}

interface Document {
  path: string
  /** How many programs and commands stand in it, so that none gets lost. */
  runs: number
  /** How many blocks are for other programs: fleet.test.ts and suites of test/peers read them. */
  configurations?: number
}

const DOCUMENTS: Document[] = [
  { path: 'docs/scrubbing.md', runs: 4 },
  { path: 'docs/commands.md', runs: 9 },
  { path: 'docs/operating.md', runs: 3 },
  { path: 'docs/searching.md', runs: 1 },
  { path: 'docs/verifying.md', runs: 2 },
  { path: 'docs/review.md', runs: 2 },
  { path: 'docs/restoring.md', runs: 2 },
  { path: 'docs/express.md', runs: 4 },
  { path: 'docs/fastify.md', runs: 2 },
  { path: 'docs/connect.md', runs: 7 },
  { path: 'docs/koa.md', runs: 2 },
  { path: 'docs/hono.md', runs: 2 },
  { path: 'docs/nestjs.md', runs: 4 },
  { path: 'docs/wrap.md', runs: 1 },
  { path: 'docs/pino.md', runs: 1 },
  { path: 'docs/winston.md', runs: 1 },
  { path: 'docs/bunyan.md', runs: 1 },
  { path: 'docs/console.md', runs: 1 },
  { path: 'docs/morgan.md', runs: 1 },
  { path: 'docs/audit.md', runs: 3 },
  { path: 'docs/testing.md', runs: 2 },
  { path: 'docs/context.md', runs: 6 },
  { path: 'docs/migration.md', runs: 12 },
  { path: 'docs/goaccess.md', runs: 1, configurations: 1 },
  { path: 'docs/fail2ban.md', runs: 1, configurations: 3 },
  { path: 'docs/transport.md', runs: 3 },
  { path: 'docs/shipping.md', runs: 3 },
  { path: 'docs/runtimes.md', runs: 2 },
  { path: 'docs/pino-options.md', runs: 2 },
  { path: 'docs/live.md', runs: 3, configurations: 1 },
  { path: 'docs/fleet.md', runs: 2, configurations: 9 },
  { path: 'docs/sql.md', runs: 3, configurations: 2 },
]

const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

function blocksOf(text: string): Block[] {
  return text
    .split('\n```')
    .filter((_part, i) => i % 2 === 1)
    .map((part) => ({
      language: part.slice(0, part.indexOf('\n')),
      text: part.slice(part.indexOf('\n') + 1),
    }))
}

const COMMANDS: Record<string, (block: Block) => string[]> = {
  js: () => [process.execPath, 'program.js'],
  ts: () => [process.execPath, 'program.js'],
  sh: ({ text }) => ['sh', '-c', text.replaceAll('npx hushlog', 'hushlog')],
}

/** A folder for a program and what it leaves. npx would find the command in node_modules/.bin; here it was built. */
function folderFor(t: Test, block: Block): string {
  return t.testdir({
    'program.js': block.language === 'ts' ? compiled(block.text) : block.text,
    bin: { hushlog: t.fixture('symlink', root('dist/cli/main.js')) },
  })
}

/** As a TypeScript project of NestJS compiles it. */
function compiled(text: string): string {
  const compilerOptions = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    experimentalDecorators: true,
    emitDecoratorMetadata: true,
  }
  const { outputText, diagnostics = [] } = ts.transpileModule(text, {
    compilerOptions,
    reportDiagnostics: true,
  })
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost({})))
  return outputText
}

interface Started {
  child: ChildProcess
  output: Promise<string>
}

function startBlock(block: Block, dir: string, port?: number): Started {
  const [command, ...args] = COMMANDS[block.language](block).map((text) =>
    text.replaceAll('localhost:3000', `localhost:${port}`),
  )
  // Nothing of the environment but what is needed: secret names in it would be cut.
  const env = { PATH: `${dir}/bin:${process.env.PATH}`, ...(port === undefined ? {} : { PORT: `${port}` }) }
  const child = spawn(command, args, { cwd: dir, env, stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk))
  return { child, output: once(child, 'close').then(() => text.trimEnd()) }
}

/** What a block prints. */
function printed(t: Test, block: Block): Promise<string> {
  return startBlock(block, folderFor(t, block)).output
}

/** What commands print while a server listens that they talk to. */
async function printedBeside(t: Test, server: Block, commands: Block): Promise<string> {
  const dir = folderFor(t, server)
  const port = await freePort()
  const { child } = startBlock(server, dir, port)
  t.teardown(() => child.kill('SIGKILL'))
  await listening(child, port)
  const output = await startBlock(commands, dir, port).output
  child.kill('SIGKILL')
  return output
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(`the program ended with ${child.exitCode} and does not listen`)
    const socket = connect(port, 'localhost')
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isOpen) return
    await sleep(50)
  }
}

const isServer = ({ language, text }: Block) => language !== 'sh' && text.includes('process.env.PORT')

function matches(output: string, expected: string): boolean {
  const parts = expected.split('…').map((part) => part.replaceAll(/[^\w\s]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`).test(output)
}

const CONFIGURATIONS = ['console', 'ini', 'json', 'sql']

for (const { path, runs, configurations = 0 } of DOCUMENTS) {
  const text = readFileSync(root(path), 'utf8')
  const blocks = blocksOf(text)

  t.test(`every block of code in ${path} prints what stands below it`, async (t) => {
    const told = blocks.filter(({ language }) => language !== '')
    const runnable = told.filter(({ language }) => !CONFIGURATIONS.includes(language))
    t.equal(runnable.length, runs)
    t.equal(told.length - runnable.length, configurations)
    for (const block of runnable) {
      if (isServer(block)) continue
      const at = blocks.indexOf(block)
      const expected = blocks[at + 1]
      t.equal(expected?.language, '', 'its output follows')
      const before = blocks[at - 1]
      const output =
        before !== undefined && isServer(before)
          ? await printedBeside(t, before, block)
          : await printed(t, block)
      if (!matches(output, expected?.text.trimEnd() ?? '')) t.equal(output, expected?.text.trimEnd())
    }
  })

  t.test(`no code in ${path} is left untried, and every file that it points to is there`, async (t) => {
    const prose = text
      .split('\n```')
      .filter((_part, i) => i % 2 === 0)
      .join('\n')
    t.notMatch(prose, /\n {4}\S.*\n/, 'no block of code is told by its indent alone')
    for (const [, target] of prose.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      t.ok(statSync(new URL(target, new URL(`../${path}`, import.meta.url))).isFile(), target)
  })
}
