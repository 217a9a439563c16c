/**
 * The command's words: help, versions, and what it says to arguments that it does not take.
 */
import { readFileSync } from 'node:fs'
import t from 'tap'
import { run } from './run.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

interface Case {
  args: string[]
  code: number
  stdout?: RegExp
  stderr?: RegExp
}

const NOTHING = /^$/
const CASES: Case[] = [
  { args: ['--version'], code: 0, stdout: new RegExp(`^${version.replaceAll('.', '\\.')}\n$`) },
  {
    args: ['--help'],
    code: 0,
    stdout:
      /^usage: hushlog COMMAND .*\n {2}scrub +take .*\n {2}scan +find .*\n {2}status +what .*\n {2}tail +the /s,
  },
  { args: ['help'], code: 0, stdout: /^usage: hushlog COMMAND/ },
  { args: [], code: 2, stderr: /^usage: hushlog COMMAND/ },
  { args: ['help', 'scan'], code: 0, stdout: /^usage: hushlog scan \[OPTIONS\] FILES\|-\n.*\n {2}--fix /s },
  { args: ['scrub', '--help'], code: 0, stdout: /^usage: hushlog scrub .*\n {2}--key NAME /s },
  {
    args: ['scna'],
    code: 2,
    stderr: /^hushlog: error: unknown command scna\nhushlog: hint: did you mean scan\?\n$/,
  },
  {
    args: ['frobnicate\u001b[2J'],
    code: 2,
    stderr:
      /^hushlog: error: unknown command frobnicate\?\[2J\nhushlog: hint: hushlog --help lists the commands\n$/,
  },
  { args: ['--versoin'], code: 2, stderr: /unknown option --versoin\n.*did you mean --version\?/ },
  { args: ['help', 'sacn'], code: 2, stderr: /did you mean scan\?/ },
  { args: ['sql'], code: 2, stderr: /^hushlog: error: hushlog sql is not in this version\n$/ },
  { args: ['help', 'search'], code: 2, stderr: /hushlog search is not in this version/ },
  {
    args: ['scan', '--recusive', '.'],
    code: 2,
    stderr: /^hushlog: error: unknown option --recusive\nhushlog: hint: did you mean --recursive\?\n$/,
  },
  {
    args: ['scrub', '-k', 'x'],
    code: 2,
    stderr: /unknown option -k\n.*hushlog help scrub lists the options/,
  },
  { args: ['scrub', '--constructor'], code: 2, stderr: /unknown option --constructor/ },
  { args: ['scrub', '--key'], code: 2, stderr: /option --key takes a value: NAME\n$/ },
  { args: ['scrub', '--key='], code: 2, stderr: /option --key takes a value: NAME\n$/ },
  { args: ['scrub', '--key', '--json'], code: 2, stderr: /takes a value: NAME\n.*write --key=VALUE/ },
  { args: ['scrub', '--json=yes'], code: 2, stderr: /option --json takes no value\n$/ },
  {
    args: ['scrub', 'app.log'],
    code: 2,
    stderr: /scrub reads standard input and takes no file\n.*scrub < FILE/,
  },
  { args: ['scrub', '--hide-env', 'NO_SUCH'], code: 2, stderr: /environment variable NO_SUCH is not set/ },
  { args: ['scrub', '--hide-env', 'HOME'], code: 0 },
  { args: ['scan'], code: 2, stderr: /scan takes files, or - for standard input\n/ },
  { args: ['scan', '--fix', '-'], code: 2, stderr: /--fix takes files, not standard input\n/ },
]

/** The last words of the cases that are tried from the sources too, which takes seconds each. */
const FROM_SOURCES = ['--versoin']

for (const { args, code, stdout, stderr } of CASES) {
  t.test(`hushlog ${args.map((arg) => JSON.stringify(arg)).join(' ')} ends with ${code}`, async (t) => {
    for (const from of FROM_SOURCES.includes(args.at(-1) ?? '')
      ? (['built', 'sources'] as const)
      : (['built'] as const)) {
      const ended = await run(args, { from, env: { HOME: '/home/nobody-in-particular' } })
      t.equal(ended.code, code, from)
      t.match(ended.stdout, stdout ?? NOTHING)
      t.match(ended.stderr, stderr ?? NOTHING)
      const lines = [...ended.stdout.split('\n'), ...ended.stderr.split('\n')]
      t.strictSame(
        lines.filter(
          (line) => line.length > 90 || /^hushlog: (error|hint): [A-Z]|^hushlog: .*\.$/.test(line),
        ),
        [],
        'no line too wide for a terminal, no capital, no full stop',
      )
    }
  })
}
