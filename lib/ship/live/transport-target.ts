/**
 * Where the module of a transport is, found as pino finds it.
 */
import { createRequire as requireFrom } from 'node:module'
import { isAbsolute, join, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { HushlogError } from '../../errors.ts'

/** What bundlers tell of the files that they made, by target. */
type Bundled = { __bundlerPathsOverrides?: Record<string, string> }

/**
 * @param option what errors name
 * @returns the URL of a module
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function targetUrl(target: string, option: string): string {
  const named = (globalThis as Bundled).__bundlerPathsOverrides?.[target] ?? target
  if (named.startsWith('file:')) return named
  return pathToFileURL(isAbsolute(named) ? named : resolved(named, option)).href
}

function resolved(target: string, option: string): string {
  const name = target === 'pino/file' ? 'pino/file.js' : target
  for (const from of callers()) {
    try {
      return requireFrom(from).resolve(name)
    } catch {
      // Not from there.
    }
  }
  throw new HushlogError(
    'HUSHLOG_OPTION',
    `option ${option} names a transport that is not there: ${target}`,
    {
      hint: `npm install ${target}, or give the absolute path of a file`,
    },
  )
}

/** The program, the working directory, and what is installed beside hushlog. */
function callers(): string[] {
  const program = process.argv[1] === undefined ? [] : [process.argv[1]]
  return [...program, join(process.cwd(), sep), import.meta.url]
}
