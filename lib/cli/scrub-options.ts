import { nearest } from '../checks.ts'
import { PII_KINDS } from '../scrub/rules.ts'
import type { PiiKind, ScrubOptions } from '../types.ts'
import { type Arguments, type Option, printable, usage } from './command.ts'

/** The options of every command that looks for secrets. */
export const SCRUB_OPTIONS: Record<string, Option> = {
  key: { value: 'NAME', multiple: true, help: 'one more name whose values are secret; may be repeated' },
  'hide-env': {
    value: 'NAME',
    multiple: true,
    help: 'the value of this environment variable is secret; may be repeated',
  },
  pii: {
    value: 'KINDS',
    optional: true,
    help: `personal data too: ${PII_KINDS.join(', ')}; without KINDS all of them`,
  },
}

/** @throws HushlogError `HUSHLOG_OPTION` for a variable that is not set or too short, or an unknown kind */
export function scrubOptions(args: Arguments): ScrubOptions {
  return { keys: args.values('key'), hide: args.values('hide-env').map(secretIn), pii: piiIn(args) }
}

function piiIn(args: Arguments): boolean | PiiKind[] {
  const [kinds] = args.values('pii')
  if (kinds === undefined || kinds === '') return args.has('pii')
  return kinds.split(',').map((kind) => {
    if (isKind(kind)) return kind
    const near = nearest(kind, PII_KINDS)
    throw usage(
      `--pii takes ${PII_KINDS.join(', ')}, got ${printable(kind)}`,
      near === undefined ? 'several are written with commas: --pii=email,ip' : `did you mean ${near}?`,
    )
  })
}

function isKind(text: string): text is PiiKind {
  return (PII_KINDS as readonly string[]).includes(text)
}

function secretIn(name: string): string {
  const value = process.env[name]
  if (value !== undefined) return value
  throw usage(
    `environment variable ${printable(name)} is not set`,
    '--hide-env takes the name of a variable, not the secret itself',
  )
}
