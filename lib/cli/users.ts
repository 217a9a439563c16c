/**
 * Users and groups of this machine, by name or by number.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Arguments, printable, usage } from './command.ts'

interface Database {
  what: 'user' | 'group'
  file: string
  /** A command that also asks what lies elsewhere (LDAP), whose last argument is the name. */
  ask(name: string): string[]
  /** Of what that command prints. */
  idIn(output: string): string
}

const USERS: Database = {
  what: 'user',
  file: '/etc/passwd',
  ask: (name) => ['id', '-u', '--', name],
  idIn: (output) => output.trim(),
}

const GROUPS: Database = {
  what: 'group',
  file: '/etc/group',
  ask: (name) => ['getent', 'group', '--', name],
  idIn: (output) => output.split(':')[2] ?? '',
}

/** @throws HushlogError `HUSHLOG_OPTION` for a name that nobody bears */
export function userId(option: string, text: string): number {
  return idOf(option, text, USERS)
}

/** @throws HushlogError `HUSHLOG_OPTION` for a name that no group bears */
export function groupId(option: string, text: string): number {
  return idOf(option, text, GROUPS)
}

function idOf(option: string, text: string, database: Database): number {
  const id = numberIn(text) ?? inFile(text, database.file) ?? asked(text, database)
  if (id !== undefined) return id
  throw usage(
    `option ${option} takes a ${database.what} of this machine, got ${printable(text)}`,
    `name it as in ${database.file}, or by its number`,
  )
}

const LARGEST = 2 ** 32 - 2

function numberIn(text: string): number | undefined {
  const isPlain = text !== '' && [...text].every((digit) => digit >= '0' && digit <= '9')
  return isPlain && Number(text) <= LARGEST ? Number(text) : undefined
}

/** `NAME:x:ID:…` */
function inFile(name: string, file: string): number | undefined {
  try {
    const row = readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([first]) => first === name)
    return numberIn(row?.[2] ?? '')
  } catch {
    return undefined
  }
}

function asked(name: string, { ask, idIn }: Database): number | undefined {
  const [command, ...args] = ask(name)
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return status === 0 ? numberIn(idIn(stdout)) : undefined
}

export const FROM_OPTION = {
  from: {
    value: 'USER',
    multiple: true,
    help: 'take the segments of this user, by name or number, besides our own',
  },
} as const

/** The users of `--from`. We are always among them: a directory that was handed over to us holds segments that are ours now. */
export function ownersOf(args: Arguments): number[] {
  const named = args.values('from').map((name) => userId('--from', name))
  return [...new Set([...named, process.geteuid?.() ?? 0])]
}
