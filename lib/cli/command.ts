/**
 * What a command is, and how its arguments are read: one table for parsing, for help and for near misses.
 */
import { parseArgs } from 'node:util'
import { nearest } from '../checks.ts'
import { HushlogError } from '../errors.ts'

export interface Option {
  /** The name of its value, in capitals; an option without one is a switch. */
  value?: string
  /** Whether it may do without its value; then `--name=VALUE` is the only way to give one. */
  optional?: boolean
  /** Whether it may be given more than once. */
  multiple?: boolean
  /** One letter that means the same: `-n` for `--lines`. */
  short?: string
  help: string
}

export interface Command {
  name: string
  /** What follows the name: `FILES|-`. */
  takes: string
  /** One line for the list of commands. */
  summary: string
  /** The paragraphs of its help. */
  text: string
  options: Record<string, Option>
  /** Returns the exit code. */
  run(args: Arguments): Promise<number>
}

export interface Arguments {
  operands: string[]
  has(option: string): boolean
  values(option: string): string[]
}

/** Exit codes: nothing wrong, something found, could not. */
export const EXIT = { ok: 0, found: 1, failed: 2 } as const

const HELP: Option = { help: 'this text' }

/** @throws HushlogError `HUSHLOG_OPTION` for an option that is unknown or has no value, or one that takes none */
export function readArguments(command: Command, args: string[]): Arguments {
  const options: Record<string, Option> = { ...command.options, help: HELP }
  const types = Object.entries(options).map(([name, { value, optional, short }]) => {
    const isSwitch = value === undefined || optional === true
    const type = isSwitch ? 'boolean' : 'string'
    return [name, { type, multiple: true, ...(short === undefined ? {} : { short }) }] as const
  })
  const { tokens } = parseArgs({ args, options: Object.fromEntries(types), strict: false, tokens: true })
  const values = new Map<string, string[]>()
  const operands: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const { name, rawName, value, inlineValue } = token
    const option = Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined || !isNameOf(option, rawName))
      throw unknownOption(command, rawName, Object.keys(options))
    checkValue(rawName, option, value, inlineValue)
    if (values.has(name) && option.value !== undefined && !option.multiple)
      throw usage(`option ${rawName} is given twice`)
    values.set(name, [...(values.get(name) ?? []), value ?? ''])
  }
  return { operands, has: (option) => values.has(option), values: (option) => values.get(option) ?? [] }
}

function isNameOf({ short }: Option, rawName: string): boolean {
  return rawName.startsWith('--') || rawName === `-${short}`
}

function checkValue(
  name: string,
  option: Option,
  value: string | undefined,
  isInline: boolean | undefined,
): void {
  if (option.value === undefined) {
    if (value !== undefined) throw usage(`option ${name} takes no value`)
  } else if (option.optional === true && value === undefined) {
    return
  } else if (value === undefined || value === '') {
    throw usage(`option ${name} takes a value: ${option.value}`)
  } else if (isInline !== true && value.startsWith('-')) {
    throw usage(
      `option ${name} takes a value: ${option.value}`,
      `for a value that starts with - write ${name}=VALUE`,
    )
  }
}

function unknownOption(command: Command, rawName: string, known: string[]): HushlogError {
  const near = nearest(rawName.startsWith('--') ? rawName.slice(2) : rawName, known)
  return usage(
    `unknown option ${printable(rawName)}`,
    near === undefined ? `hushlog help ${command.name} lists the options` : `did you mean --${near}?`,
  )
}

export function usage(message: string, hint?: string): HushlogError {
  return new HushlogError('HUSHLOG_OPTION', message, hint === undefined ? {} : { hint })
}

const COLUMN = 20

/** The whole help of a command. */
export function helpOf(command: Command): string {
  const rows = Object.entries({ ...command.options, help: HELP }).map(([name, option]) => {
    const short = option.short === undefined ? '' : `-${option.short}, `
    return `  ${`${short}--${name}${placeOf(option)}`.padEnd(COLUMN)} ${option.help}\n`
  })
  const usageLine = `usage: hushlog ${command.name} [OPTIONS]${command.takes === '' ? '' : ` ${command.takes}`}`
  return `${usageLine}\n\n${command.text.trim()}\n\noptions:\n${rows.join('')}`
}

function placeOf({ value, optional }: Option): string {
  if (value === undefined) return ''
  return optional === true ? `[=${value}]` : ` ${value}`
}

/** Text of others for a terminal: control characters in it could do anything there. */
export function printable(text: string): string {
  let shown = ''
  for (const character of text) {
    const code = character.codePointAt(0) as number
    shown += code < 0x20 || (code >= 0x7f && code < 0xa0) ? '?' : character
  }
  return shown
}
