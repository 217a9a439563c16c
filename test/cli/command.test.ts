/**
 * How arguments are read and what is told of wrong ones, without a process for each.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { CleanedCopy } from '../../lib/cli/cleaned-copy.ts'
import { type Command, EXIT, helpOf, printable, readArguments } from '../../lib/cli/command.ts'
import { scan } from '../../lib/cli/scan.ts'
import { scrub } from '../../lib/cli/scrub.ts'
import { SCRUB_OPTIONS, scrubOptions } from '../../lib/cli/scrub-options.ts'
import { status } from '../../lib/cli/status.ts'
import { tail } from '../../lib/cli/tail.ts'
import { createFinder } from '../../lib/scrub/scrubber.ts'

const command: Command = {
  name: 'try',
  takes: 'FILES|-',
  summary: 'try',
  text: 'Tries.',
  options: { ...SCRUB_OPTIONS, out: { value: 'FILE', help: 'where to' }, json: { help: 'for machines' } },
  run: async () => EXIT.ok,
}

t.test('operands and options in any order, switches and values', async (t) => {
  const args = readArguments(command, ['a.log', '--key', 'badge', '--json', '-', '--key=pin', '--', '--json'])
  t.strictSame(args.operands, ['a.log', '-', '--json'])
  t.strictSame(args.values('key'), ['badge', 'pin'])
  t.equal(args.has('json'), true)
  t.equal(args.has('out'), false)
  t.strictSame(args.values('out'), [])
})

const WRONG: { args: string[]; message: string; hint?: string }[] = [
  { args: ['--jsno'], message: 'unknown option --jsno', hint: 'did you mean --json?' },
  {
    args: ['--frobnicate'],
    message: 'unknown option --frobnicate',
    hint: 'hushlog help try lists the options',
  },
  { args: ['-j'], message: 'unknown option -j', hint: 'hushlog help try lists the options' },
  {
    args: ['--constructor'],
    message: 'unknown option --constructor',
    hint: 'hushlog help try lists the options',
  },
  { args: ['--out'], message: 'option --out takes a value: FILE' },
  { args: ['--out='], message: 'option --out takes a value: FILE' },
  {
    args: ['--out', '--json'],
    message: 'option --out takes a value: FILE',
    hint: 'for a value that starts with - write --out=VALUE',
  },
  { args: ['--json=yes'], message: 'option --json takes no value' },
  { args: ['--out=a', '--out=b'], message: 'option --out is given twice' },
]

for (const { args, message, hint } of WRONG) {
  t.test(`${args.join(' ')}: ${message}`, async (t) => {
    t.throws(() => readArguments(command, args), { code: 'HUSHLOG_OPTION', message, hint })
  })
}

t.test('help names what a command takes and each of its options', async (t) => {
  const help = helpOf(command)
  t.match(help, /^usage: hushlog try \[OPTIONS\] FILES\|-\n\nTries\.\n\noptions:\n {2}--key NAME /)
  t.match(help, /\n {2}--json {15}for machines\n/)
  t.match(help, /\n {2}--help {15}this text\n$/)
  t.match(helpOf({ ...command, takes: '' }), /^usage: hushlog try \[OPTIONS\]\n/)
})

t.test('an option may have a letter too, alone, before its value or with others', async (t) => {
  for (const args of [['-n', '5', '-f'], ['-n5', '-f'], ['-fn5'], ['--lines=5', '--follow']]) {
    const read = readArguments(tail, args)
    t.strictSame([read.values('lines'), read.has('follow'), read.operands], [['5'], true, []], args.join(' '))
  }
  t.throws(() => readArguments(tail, ['-n']), { message: 'option -n takes a value: LINES' })
  t.throws(() => readArguments(tail, ['-f=x']), { code: 'HUSHLOG_OPTION' })
  t.throws(() => readArguments(tail, ['-l']), { message: 'unknown option -l' })
  t.match(helpOf(tail), /\n {2}-n, --lines LINES {4}so many/)
})

t.test('no line of help is too wide for a terminal', async (t) => {
  for (const one of [scan, scrub, status, tail]) t.notMatch(helpOf(one), /.{91}/, one.name)
})

t.test('text of others is shown without what a terminal would obey', async (t) => {
  t.equal(printable('a\u001b[2Jb\u009bc\u007f\ne💥'), 'a?[2Jb?c??e💥')
})

t.test('a secret is given by the name of its variable', async (t) => {
  const name = 'HUSHLOG_TEST_VALUE'
  const args = readArguments(command, ['--hide-env', name, '--key', 'badge'])
  t.throws(() => scrubOptions(args), {
    message: `environment variable ${name} is not set`,
    hint: '--hide-env takes the name of a variable, not the secret itself',
  })
  process.env[name] = 'Inv3nted-hunter2'
  t.teardown(() => delete process.env[name])
  t.strictSame(scrubOptions(args), { keys: ['badge'], hide: ['Inv3nted-hunter2'], pii: false })
})

t.test('commands refuse what they cannot do', async (t) => {
  await t.rejects(scrub.run(readArguments(scrub, ['app.log'])), {
    message: 'scrub reads standard input and takes no file',
    hint: 'hushlog scrub < FILE',
  })
  await t.rejects(async () => scan.run(readArguments(scan, [])), {
    message: 'scan takes files, or - for standard input',
    hint: 'hushlog help scan',
  })
  await t.rejects(async () => scan.run(readArguments(scan, ['--fix', '-'])), {
    message: '--fix takes files, not standard input',
  })
})

t.test('a cleaned copy is whole or not there', async (t) => {
  const dir = t.testdir({ taken: '', 'taken.scrubbed': 'mine' })
  const finder = createFinder({ env: false }, [])
  const text = Buffer.from('password=Inv3nted-hunter2\n')
  const take = (copy: CleanedCopy) => {
    finder.scan(text, 0, text.length)
    copy.take(text, 0, text.length, finder.cutsIn(text, 0, text.length, false), false)
    copy.take(text, 0, 9, [], false)
    copy.withhold(Buffer.from('{"a'), 0, 3, new RangeError('Inv3nted-hunter2'))
  }
  for (const [name, isGzip, file] of [
    ['a.log', false, 'a.log.scrubbed'],
    ['b.log.gz', true, 'b.log.scrubbed.gz'],
    ['c.log', true, 'c.log.scrubbed.gz'],
  ] as const) {
    const copy = await CleanedCopy.create(join(dir, name), isGzip, finder)
    t.equal(copy.path, join(dir, file))
    take(copy)
    await copy.write()
    await copy.finish()
    const written = readFileSync(copy.path)
    const left = (isGzip ? gunzipSync(written) : written).toString()
    t.match(left, 'password=[SECRET:password]\npassword={"level":50,"msg":"a line was withheld')
    t.notMatch(left, 'Inv3nted-hunter2')
  }
  const abandoned = await CleanedCopy.create(join(dir, 'd.log'), true, finder)
  take(abandoned)
  await abandoned.write()
  await abandoned.abandon()
  t.equal(existsSync(abandoned.path), false)
  await t.rejects(CleanedCopy.create(join(dir, 'taken'), false, finder), {
    code: 'HUSHLOG_WRITE',
    message: `${join(dir, 'taken.scrubbed')} is there already`,
    hint: 'move it away first',
  })
  t.equal(readFileSync(join(dir, 'taken.scrubbed'), 'utf8'), 'mine')
  await t.rejects(CleanedCopy.create(join(dir, 'none', 'x'), false, finder), {
    code: 'HUSHLOG_WRITE',
    message: `cannot write ${join(dir, 'none', 'x.scrubbed')}: ENOENT`,
  })
})
