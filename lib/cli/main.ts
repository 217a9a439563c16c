#!/usr/bin/env node
/**
 * `hushlog COMMAND`: one file for each command, and this table of them.
 */
import { readFileSync } from 'node:fs'
import { nearest } from '../checks.ts'
import { cat } from './cat.ts'
import { type Command, EXIT, helpOf, printable, readArguments, usage } from './command.ts'
import { hold } from './hold.ts'
import { keep } from './keep.ts'
import { keygen } from './keygen.ts'
import { prune } from './prune.ts'
import { restore } from './restore.ts'
import { review } from './review.ts'
import { scan } from './scan.ts'
import { scrub } from './scrub.ts'
import { seal } from './seal.ts'
import { search } from './search.ts'
import { ship } from './ship.ts'
import { sql } from './sql.ts'
import { status } from './status.ts'
import { tail } from './tail.ts'
import { Output, sayError } from './terminal.ts'
import { verify } from './verify.ts'

const COMMANDS: readonly Command[] = [
  ...[scrub, scan, status, tail, search, review, sql, cat, verify],
  ...[keep, seal, ship, restore, hold, prune, keygen],
]

async function main([name, ...rest]: string[]): Promise<number> {
  if (name === undefined) {
    process.stderr.write(overview())
    return EXIT.failed
  }
  if (name === '--version') return print(`${version()}\n`)
  if (name === '--help' || name === '-h') return print(overview())
  if (name === 'help') return print(rest[0] === undefined ? overview() : helpOf(find(rest[0])))
  const command = find(name)
  const args = readArguments(command, rest)
  return args.has('help') ? print(helpOf(command)) : command.run(args)
}

function find(name: string): Command {
  const found = COMMANDS.find((command) => command.name === name)
  if (found !== undefined) return found
  const isOption = name.startsWith('-')
  const near = nearest(
    name,
    isOption ? ['--help', '--version'] : [...COMMANDS.map((command) => command.name), 'help'],
  )
  throw usage(
    `unknown ${isOption ? 'option' : 'command'} ${printable(name)}`,
    near === undefined ? 'hushlog --help lists the commands' : `did you mean ${near}?`,
  )
}

async function print(text: string): Promise<number> {
  await new Output().write(text)
  return EXIT.ok
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length))
  const rows = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}\n`)
  return `usage: hushlog COMMAND [OPTIONS]

commands:
${rows.join('')}
options:
  --help     this text; hushlog help COMMAND tells more of a command
  --version  the version
`
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error) => {
    sayError(error)
    process.exitCode = EXIT.failed
  },
)
