/**
 * Runs the command as a process of its own: as it is built, or from its sources, so that coverage sees it.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Arguments, type Command, readArguments } from '../../lib/cli/command.ts'
import { Output } from '../../lib/cli/terminal.ts'
import type { Ended } from '../helpers.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export const BUILT = path('../../dist/cli/main.js')
const FROM = {
  built: { args: [BUILT], env: { NODE_OPTIONS: '' } },
  // tap's own loaders compile the sources.
  sources: { args: [...process.execArgv, path('../../lib/cli/main.ts')], env: {} },
} as const

export type From = keyof typeof FROM

export interface RunOptions {
  from?: From
  input?: string | Uint8Array
  cwd?: string
  env?: Record<string, string>
}

export function start(args: string[], options: RunOptions = {}): ChildProcessWithoutNullStreams {
  const from = FROM[options.from ?? 'built']
  // Nothing of the environment but what is named: the values of secret names in it would be cut.
  const { PATH, HOME, NODE_OPTIONS } = process.env
  return spawn(process.execPath, [...from.args, ...args], {
    cwd: options.cwd,
    env: { ...tapVariables(), PATH, HOME, NODE_OPTIONS, ...from.env, ...options.env },
  })
}

function tapVariables(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('_TAPJS_')))
}

export async function run(args: string[], options: RunOptions = {}): Promise<Ended> {
  const child = start(args, options)
  // It may end without reading all.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  return ended(child)
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('latin1').on('data', (chunk: string) => (stdout += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const [code, signal] = await once(child, 'close')
  return { code, signal, stdout: Buffer.from(stdout, 'latin1').toString(), stderr }
}

/** Runs a command in this process. What it says on standard error goes there. */
export async function runHere(
  command: Command,
  to: (output: Output, args: Arguments) => Promise<number>,
  args: string[],
): Promise<{ code: number; stdout: string }> {
  let stdout = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      stdout += chunk
      done()
    },
  })
  const code = await to(new Output(stream as unknown as NodeJS.WriteStream), readArguments(command, args))
  return { code, stdout }
}
