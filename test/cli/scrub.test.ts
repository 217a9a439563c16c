import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { inventedToken, TOKEN_RULES } from '../../lib/scrub/token-rules.ts'
import { folder } from '../helpers.ts'
import { BUILT, ended, run, start } from './run.ts'

const TOKEN = inventedToken(TOKEN_RULES[0])

t.test('secrets go, and everything else comes out as it came in', async (t) => {
  const input = Buffer.from(`é password=hunter2hunter2\r\n\0 \xff ${TOKEN}\n{"pin":1234}\nlast`, 'latin1')
  const { code, stdout, stderr } = await run(['scrub'], { input })
  t.equal(code, 0)
  t.equal(stderr, '')
  const out = Buffer.from('\xe9 password=[SECRET:password]\r\n\0 \xff [SECRET:github]\n', 'latin1').toString()
  t.ok(stdout.startsWith(out), stdout)
  t.match(stdout, /\n\{"pin":"\[SECRET:[a-z]+\]"\}\nlast$/)
})

for (const from of ['built', 'sources'] as const) {
  t.test(
    `names and values of one's own are cut, and --json counts on standard error: from the ${from}`,
    async (t) => {
      const { code, stdout, stderr } = await run(
        ['scrub', '--key', 'loyalty', '--key', 'badge', '--hide-env', 'WORD_OF_THE_DAY', '--json'],
        {
          from,
          env: { WORD_OF_THE_DAY: 'invented-word' },
          input: 'loyalty=abcdefgh badge: 12345678\nthe invented-word is\n',
        },
      )
      t.equal(code, 0)
      t.equal(stdout, 'loyalty=[SECRET:key-name] badge: [SECRET:key-name]\nthe [SECRET:hidden] is\n')
      t.strictSame(JSON.parse(stderr), {
        ...{ lines: 2, bytes: Buffer.byteLength(stdout), withheld: 0 },
        scrubbed: { 'key-name': 2, hidden: 1 },
      })
    },
  )
}

t.test('--pii takes all personal data out, or the kinds that are named', async (t) => {
  const input = 'ada@example.com +49 30 1234567 203.0.113.9 2001:db8::1'
  const by = async (...args: string[]) => (await run(['scrub', ...args], { input })).stdout
  t.equal(await by(), input)
  t.equal(await by('--pii'), '[SECRET:email] [SECRET:phone] 203.0.113.0 2001:db8::')
  t.equal(await by('--pii=ip,email'), '[SECRET:email] +49 30 1234567 203.0.113.0 2001:db8::')
  const { code, stdout, stderr } = await run(['scrub', '--pii=name'], { input })
  t.equal(code, 2)
  t.equal(stdout, '')
  t.match(stderr, /--pii takes email, phone, ip, got name\n.*--pii=email,ip/)
  t.match((await run(['scrub', '--pii=emial'])).stderr, /did you mean email\?/)
  t.match(
    (await run(['scan', '--pii=email', '-'], { input })).stdout,
    /^-:1:1 email \(under 16 characters\)\n$/,
  )
})

t.test('the values of environment variables with secret names are cut unasked', async (t) => {
  const { stdout } = await run(['scrub'], {
    env: { SHOP_API_KEY: 'invented-value-17' },
    input: 'a invented-value-17 b',
  })
  t.equal(stdout, 'a [SECRET:env] b')
})

t.test('a line comes out while the program before the pipe is still at work', async (t) => {
  const child = start(['scrub'])
  t.teardown(() => child.kill('SIGKILL'))
  child.stdin.write('password=hunter2hunter2\nhalf a li')
  t.equal(String((await once(child.stdout, 'data'))[0]), 'password=[SECRET:password]\n')
  child.stdin.write('ne\n')
  t.equal(String((await once(child.stdout, 'data'))[0]), 'half a line\n')
  child.stdin.end()
  t.equal((await once(child, 'close'))[0], 0)
})

t.test('a character and a secret that arrive byte by byte come out whole', async (t) => {
  const child = start(['scrub'])
  const result = ended(child)
  for (const byte of Buffer.from(`💥 é ${TOKEN} 💥`)) {
    child.stdin.write(Buffer.from([byte]))
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  child.stdin.end()
  t.equal((await result).stdout, '💥 é [SECRET:github] 💥')
})

t.test('an empty input gives an empty output', async (t) => {
  t.match(await run(['scrub']), { code: 0, stdout: '', stderr: '' })
})

t.test('a megabyte of any bytes comes out with the same number of line ends', async (t) => {
  const bytes = Buffer.alloc(1 << 20)
  for (let i = 0, state = 1; i < bytes.length; i++) bytes[i] = (state = (state * 48271) % 0x7fffffff) >> 8
  const newlines = (text: string) => text.split('\n').length
  const { code, stdout } = await run(['scrub'], { input: bytes })
  t.equal(code, 0)
  t.equal(newlines(stdout), newlines(bytes.toString()))
})

t.test('who has read enough ends it quietly', async (t) => {
  const command = `yes password=hunter2hunter2 | "${process.execPath}" "${BUILT}" scrub | head -n 1; echo "\${PIPESTATUS[1]}"`
  const child = spawn('bash', ['-c', command], { env: { ...process.env, NODE_OPTIONS: '' } })
  const { stdout, stderr } = await ended(child)
  t.equal(stdout, 'password=[SECRET:password]\n0\n')
  t.equal(stderr, '')
})

t.test('a line of 20 MB goes through in bounded memory, and no secret of it with it', async (t) => {
  const part = `the "quick" brown fox jumps; password=hunter2hunter2 ${'and goes on, '.repeat(5000)}`
  const parts = 320
  const peak = `process.on('exit', () => require('fs').writeSync(2, String(process.resourceUsage().maxRSS)))`
  const measure = async (count: number) => {
    const child = start(['scrub'], {
      env: { NODE_OPTIONS: `--require=${join(t.testdir({ 'peak.cjs': peak }), 'peak.cjs')}` },
    })
    const result = ended(child)
    for (let i = 0; i < count; i++) {
      if (!child.stdin.write(part)) await once(child.stdin, 'drain')
    }
    child.stdin.end('\n')
    return result
  }
  const idle = await measure(0)
  const busy = await measure(parts)
  t.ok(part.length * parts > 20_000_000)
  t.equal(busy.code, 0)
  t.equal(busy.stdout, `${part.replace('hunter2hunter2', '[SECRET:password]').repeat(parts)}\n`)
  const grown = (Number(busy.stderr) - Number(idle.stderr)) / 1024
  t.ok(grown > 0 && grown < 64, `${grown} MB more than for an empty line`)
})

t.test(
  'the first interrupt lets what the program still writes through, the second one ends it',
  async (t) => {
    const child = start(['scrub'])
    t.teardown(() => child.kill('SIGKILL'))
    const answer = async (line: string) => {
      child.stdin.write(`${line}\n`)
      return String((await once(child.stdout, 'data'))[0])
    }
    t.equal(await answer('ready'), 'ready\n')
    child.kill('SIGINT')
    t.equal(await answer('last words: password=hunter2hunter2'), 'last words: password=[SECRET:password]\n')
    child.kill('SIGINT')
    t.strictSame(await once(child, 'close'), [130, null])
  },
)

t.test('what cannot be read or written is said, with exit code 2', async (t) => {
  const dir = folder(t)
  const fromDirectory = openSync(dir, 'r')
  const full = openSync('/dev/full', 'w')
  t.teardown(() => {
    closeSync(fromDirectory)
    closeSync(full)
  })
  const runOn = async (stdin: number | 'pipe', stdout: number | 'pipe') => {
    const env = { ...process.env, NODE_OPTIONS: '' }
    const child = spawn(process.execPath, [BUILT, 'scrub'], { env, stdio: [stdin, stdout, 'pipe'] })
    child.stdin?.end('password=hunter2hunter2\n')
    let stderr = ''
    child.stderr?.on('data', (chunk) => (stderr += chunk))
    const [code] = await once(child, 'close')
    return { code, stderr }
  }
  t.match(await runOn(fromDirectory, 'pipe'), {
    code: 2,
    stderr: /^hushlog: error: standard input is a directory\n$/,
  })
  t.match(await runOn('pipe', full), {
    code: 2,
    stderr: /^hushlog: error: cannot write standard output: ENOSPC\n$/,
  })
})

t.test('the built file can be run by its name', async (t) => {
  t.ok(readFileSync(BUILT, 'utf8').startsWith('#!/usr/bin/env node\n'))
  const child = spawn(BUILT, ['--version'], { env: { ...process.env, NODE_OPTIONS: '' } })
  t.equal((await ended(child)).code, 0)
})
