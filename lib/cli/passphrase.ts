/**
 * A passphrase: from a file, or asked for on the terminal, where it does not show.
 */
import { openSync } from 'node:fs'
import { ReadStream } from 'node:tty'
import { errorCode, HushlogError } from '../errors.ts'
import { keyFailure, readPrivate } from '../keep/private-file.ts'
import { type Arguments, type Option, printable } from './command.ts'

export const PASSPHRASE_FILE: Record<string, Option> = {
  'passphrase-file': { value: 'FILE', help: 'its first line is the passphrase; default: it is asked for' },
}

/** What commands that open encrypted segments take. */
export const IDENTITY_OPTIONS: Record<string, Option> = {
  identity: {
    short: 'i',
    value: 'FILE',
    multiple: true,
    help: 'opens encrypted segments; may be repeated',
  },
  ...PASSPHRASE_FILE,
}

const SHORTEST = 12

/** Keys from a terminal, one chunk for each or for several. */
export type Keyboard = NodeJS.ReadableStream & { setRawMode?(on: boolean): unknown; destroy(): unknown }

/** The passphrase for a file that is protected by one. */
export async function askPassphrase(args: Arguments, path: string): Promise<string> {
  return (await fromFile(args)) ?? ask(`passphrase for ${printable(path)}: `)
}

/** A new passphrase: asked for twice. @throws HushlogError `HUSHLOG_KEY` when it is short, or the two differ */
export async function askNewPassphrase(args: Arguments, keyboard?: () => Keyboard): Promise<string> {
  const given = await fromFile(args)
  const passphrase = given ?? (await ask('new passphrase: ', keyboard))
  if (passphrase.length < SHORTEST)
    throw new HushlogError('HUSHLOG_KEY', `a passphrase takes ${SHORTEST} characters or more`, {
      hint: 'four or five words that were chosen at random are good, and can be remembered',
    })
  if (given === undefined && (await ask('the same again: ', keyboard)) !== passphrase)
    throw new HushlogError('HUSHLOG_KEY', 'the two passphrases differ')
  return passphrase
}

async function fromFile(args: Arguments): Promise<string | undefined> {
  const [path] = args.values('passphrase-file')
  if (path === undefined) return undefined
  const [line] = (await readPrivate(path)).toString().split('\n')
  const passphrase = line?.endsWith('\r') ? line.slice(0, -1) : line
  if (passphrase === undefined || passphrase === '')
    throw keyFailure(path, 'has no passphrase in its first line')
  return passphrase
}

function terminal(): Keyboard {
  try {
    // Standard input may be a pipe.
    return new ReadStream(openSync('/dev/tty', 'r'))
  } catch (error) {
    throw new HushlogError(
      'HUSHLOG_KEY',
      `there is no terminal to ask for a passphrase: ${errorCode(error)}`,
      {
        hint: '--passphrase-file FILE takes it from a file',
      },
    )
  }
}

const [ENTER, LINE_FEED, END, INTERRUPT, ERASE, DELETE] = ['\r', '\n', '\u0004', '\u0003', '\b', '\u007f']

/** Asks on standard error and shows nothing of what is typed. @throws HushlogError `HUSHLOG_KEY` on Ctrl-C */
export async function ask(prompt: string, keyboard: () => Keyboard = terminal): Promise<string> {
  const keys = keyboard()
  keys.setRawMode?.(true)
  process.stderr.write(prompt)
  try {
    return await typed(keys)
  } finally {
    keys.setRawMode?.(false)
    keys.destroy()
    process.stderr.write('\n')
  }
}

async function typed(keys: Keyboard): Promise<string> {
  let text: string[] = []
  keys.setEncoding('utf8')
  for await (const chunk of keys) {
    for (const key of chunk as string) {
      if (key === ENTER || key === LINE_FEED || key === END) return text.join('')
      if (key === INTERRUPT) throw new HushlogError('HUSHLOG_KEY', 'interrupted')
      text = key === ERASE || key === DELETE ? text.slice(0, -1) : [...text, key]
    }
  }
  throw new HushlogError('HUSHLOG_KEY', 'no passphrase was given')
}
