/**
 * Runs every program of the README as it stands there and compares what comes out with what the README shows.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { type Line, linesIn } from './helpers.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const blocks = (language: string) =>
  readme
    .split('\n```')
    .filter((part, i) => i % 2 === 1 && part.startsWith(`${language}\n`))
    .map((part) => part.slice(language.length + 1))

const programs = blocks('js')
const shown = blocks('json').map((block) => JSON.parse(block))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

interface Run {
  child: ChildProcess
  ended: Promise<number | null>
  output(): string
  lines(): Line[]
  port: number
}

async function run(t: Test, program: string): Promise<Run> {
  const dir = t.testdir({ 'program.js': program })
  const port = await freePort()
  const env = { ...process.env, PORT: String(port), NODE_OPTIONS: '' }
  const child = spawn(process.execPath, ['program.js'], { cwd: dir, env, stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const lines = () => (existsSync(join(dir, 'logs')) ? linesIn(join(dir, 'logs')) : [])
  return { child, ended, output: () => output, lines, port }
}

async function get(port: number, path: string, init?: RequestInit): Promise<Response> {
  for (let tries = 0; ; tries++) {
    try {
      return await fetch(`http://127.0.0.1:${port}${path}`, init)
    } catch (error) {
      if (tries === 200) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function stop(running: Run): Promise<void> {
  running.child.kill('SIGTERM')
  await running.ended
}

t.test('the first program writes the line that the README shows', async (t) => {
  const running = await run(t, programs[0])
  t.equal(await running.ended, 0, running.output())
  const [line] = running.lines()
  t.strictSame(Object.keys(line), Object.keys(shown[0]))
  for (const name of ['level', 'service', 'operation', 'user', 'password', 'url', 'msg'])
    t.equal(line[name], shown[0][name], name)
})

t.test(
  'the Express program writes the access record that the README shows, and a failed login',
  async (t) => {
    const running = await run(t, programs[1])
    const response = await get(running.port, '/orders/17', { headers: { 'user-agent': 'curl/8.5' } })
    await get(running.port, '/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"username":"ada","password":"hunter2"}',
    })
    await stop(running)
    const lines = running.lines()
    const access = lines.find(({ kind }) => kind === 'access') as Line
    const example = shown[1]
    t.strictSame(Object.keys(access), Object.keys(example))
    t.strictSame(Object.keys(access.req as object), Object.keys(example.req))
    t.strictSame(Object.keys(access.res as object), Object.keys(example.res))
    t.equal(access.operation, example.operation)
    t.match(access.res, { statusCode: 200, contentLength: example.res.contentLength })
    t.equal(response.headers.get('x-request-id'), access.reqId)
    const shape = (msg: string) => msg.replaceAll(/[0-9a-f-]{36}|0193…|\[[^\]]+\]|\d+ ms|^\S+/g, '#')
    t.equal(shape(access.msg as string), shape(example.msg))
    t.match(
      lines.find(({ msg }) => msg === 'looking it up'),
      { operation: 'GET /orders/:id', reqId: access.reqId },
    )
    t.match(
      lines.find(({ kind }) => kind === 'audit'),
      { action: 'auth.login', actor: 'ada', outcome: 'failure', operation: 'POST /login' },
    )
    t.notMatch(JSON.stringify(lines), /hunter2/)
  },
)

t.test('the plain server’s program logs its request', async (t) => {
  const running = await run(t, programs[2])
  t.equal(await (await get(running.port, '/x?token=abcdef')).text(), 'hello')
  await stop(running)
  t.match(running.lines(), [{ kind: 'access', operation: 'GET /x', req: { url: '/x?token=[SECRET:query]' } }])
})

t.test('the Fastify program logs its request once and without a warning', async (t) => {
  const running = await run(t, programs[3])
  await get(running.port, '/orders/17')
  await stop(running)
  const lines = running.lines().filter(({ operation }) => operation === 'GET /orders/:id')
  t.match(lines, [{ msg: 'looking it up' }, { kind: 'access' }])
  t.equal(lines[0].reqId, lines[1].reqId)
  t.notMatch(running.output(), /Warning/)
})

t.test('the audit program writes both records', async (t) => {
  const running = await run(t, programs[4])
  t.equal(await running.ended, 0, running.output())
  t.match(running.lines(), [
    { kind: 'audit', outcome: 'success' },
    { kind: 'audit', outcome: 'denied', actor: 'eve' },
  ])
})

t.test('the job’s program stamps its line', async (t) => {
  const running = await run(t, programs[5])
  t.equal(await running.ended, 0, running.output())
  t.match(running.lines(), [{ operation: 'nightly cleanup' }])
})

t.test('the wrapped loggers’ program prints no secret', async (t) => {
  const running = await run(t, programs[6])
  t.equal(await running.ended, 0, running.output())
  t.match(running.output(), /"msg":"Authorization: Bearer \[SECRET:authorization\]"/)
  t.match(running.output(), /login with password=\[SECRET:password\]/)
})

t.test('the shipping program starts without its bucket, and ends by itself', async (t) => {
  const running = await run(t, `${programs[7]}\nlog.info('hello')`)
  t.equal(await running.ended, 0, running.output())
  t.match(running.lines(), [{ msg: 'hello' }])
})

t.test('the commands print what the README shows', async (t) => {
  // npx finds the command of an installed package in node_modules/.bin; here it is the one that was built.
  const dir = t.testdir({
    hushlog: t.fixture('symlink', fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))),
  })
  const env = { PATH: `${dir}:${process.env.PATH}` }
  const [commands] = blocks('sh').filter((block) => block.includes('hushlog scrub'))
  const child = spawn('sh', ['-c', commands.replaceAll('npx hushlog', 'hushlog')], { env })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  await new Promise((resolve) => child.on('close', resolve))
  t.equal(
    output.trimEnd(),
    blocks('')
      .find((block) => block.includes('login with'))
      ?.trimEnd(),
  )
})

t.test('no program of the README is left untried, and every file that it points to is there', async (t) => {
  t.equal(programs.length, 8)
  t.equal(shown.length, 2)
  for (const [, path] of readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
    t.ok(statSync(new URL(`../${path}`, import.meta.url)).isFile(), path)
  }
})
