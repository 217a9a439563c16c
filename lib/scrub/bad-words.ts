/**
 * The package hide-secrets, or where it cannot be had what it does. It costs three times what pino does to load.
 */
import { packageOr } from '../packages.ts'

type HideSecrets = <T>(value: T, options?: BadWords) => T

/** Names whose text is hidden; as one text, each name that is part of it. */
export interface BadWords {
  badWords?: string | string[]
}

let hide: HideSecrets | undefined

/** @param value plain data without cycles, of bounded depth; it stays as it is */
export function hideBadWords<T>(value: T, options: BadWords = {}): T {
  hide ??= packageOr('hide-secrets', withoutPackage)
  return hide(value, options)
}

export const BAD_WORDS: string[] = ['password', 'pass', 'token', 'auth', 'secret', 'passphrase', 'card']

/** As hide-secrets 2.0.0 does: every text that isn't empty under one of the names. */
export function withoutPackage<T>(value: T, { badWords = BAD_WORDS }: BadWords = {}): T {
  return copyOf(value, (name) => badWords.includes(name), false) as T
}

function copyOf(value: unknown, isBad: (name: string) => boolean, isUnderName: boolean): unknown {
  if (typeof value === 'string') return isUnderName && value !== '' ? '[SECRET]' : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    return value.map((each, i) => copyOf(each, isBad, isUnderName || isBad(String(i))))
  }
  const members = Object.entries(value).map(([name, each]) => [
    name,
    copyOf(each, isBad, isUnderName || isBad(name)),
  ])
  return Object.fromEntries(members)
}
