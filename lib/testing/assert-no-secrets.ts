/**
 * Looks for secrets in captured records: given ones in the forms that secrets take in lines, and values that look like
 * one. What it tells of a finding is where it stands and how long it is.
 */
import { checkFields, refuse } from '../checks.ts'
import { HushlogError } from '../errors.ts'
import { isMarker } from '../scrub/marker.ts'
import { isHarmlessName, randomRuns } from '../scrub/random-looking.ts'
import { formsOf } from '../scrub/registered/forms.ts'
import { LONGEST_VALUE } from '../scrub/registered/refusal.ts'
import { SHORTEST_VALUE } from '../scrub/registered.ts'
import type { Rules } from '../scrub/rules.ts'
import type { CapturedRecord } from './memory-sink.ts'

export interface SecretChecks {
  /** Values that no line may hold, 6 to 8,192 characters each. */
  secrets?: readonly string[]
  /** Values that look like secrets and are none, as whole words. */
  allow?: readonly string[]
  /** `false`: only the given secrets are looked for. Default `true`. */
  looks?: boolean
}

/** A form of a given secret. */
interface Form {
  index: number
  text: string
}

interface Look {
  forms: readonly Form[]
  rules: Rules
}

interface Leaf {
  path: string
  /** The name that tells what it is. */
  name: string
  text: string
}

const MOST_TOLD = 20
const LONGEST_PATH = 120
/** Made by hushlog itself; ids and times. */
const OURS = new Set(['time', 'reqId', 'trace_id', 'span_id', 'host'])

/** @param rules whose markers the records bear */
export function assertNoSecrets(
  records: readonly CapturedRecord[],
  rules: Rules,
  checks: SecretChecks = {},
): void {
  const { secrets, allow, looks } = checked(checks)
  const forms = secrets.flatMap((secret, index) => formsTexts(secret).map((text) => ({ index, text })))
  const findings: string[] = []
  records.forEach((record, i) => {
    for (const leaf of leavesOf(record, { forms, rules })) {
      const where = `line ${i + 1}, ${leaf.path}`
      const given = givenIn(leaf, forms, secrets)
      findings.push(...given.map((words) => `${where}: ${words}`))
      if (looks && given.length === 0)
        findings.push(...looksIn(leaf, allow).map((words) => `${where}: ${words}`))
    }
  })
  if (findings.length > 0) throw errorOf(findings)
}

function checked(checks: SecretChecks): {
  secrets: readonly string[]
  allow: readonly string[]
  looks: boolean
} {
  if (typeof checks !== 'object' || checks === null) refuse('assertNoSecrets', checks, 'an object')
  checkFields(checks, ['secrets', 'allow', 'looks'], 'assertNoSecrets.')
  const { secrets = [], allow = [], looks = true } = checks
  const isFit = (each: unknown) =>
    typeof each === 'string' && each.length >= SHORTEST_VALUE && each.length <= LONGEST_VALUE
  if (!Array.isArray(secrets) || !secrets.every(isFit))
    refuse(
      'assertNoSecrets.secrets',
      secrets,
      `an array of texts of ${SHORTEST_VALUE} to ${LONGEST_VALUE} characters`,
    )
  if (!Array.isArray(allow) || !allow.every((each) => typeof each === 'string' && each !== ''))
    refuse('assertNoSecrets.allow', allow, 'an array of texts that are not empty')
  if (typeof looks !== 'boolean') refuse('assertNoSecrets.looks', looks, 'true or false')
  return { secrets, allow, looks }
}

function formsTexts(secret: string): string[] {
  return formsOf(secret).map((bytes) => Buffer.from(bytes).toString())
}

function errorOf(findings: readonly string[]): HushlogError {
  const told = findings.slice(0, MOST_TOLD)
  if (findings.length > told.length) told.push(`and ${findings.length - told.length} more`)
  const count = findings.length === 1 ? 'a secret stands' : `${findings.length} secrets stand`
  return new HushlogError('HUSHLOG_SECRET', `${count} in the captured lines\n${told.join('\n')}`, {
    hint: 'name its field as what it is, register the value with log.hide(), or, if it is no secret, allow it',
  })
}

/** Every name and every value of a record, in order, with the markers left out. */
function leavesOf(record: CapturedRecord, look: Look): Leaf[] {
  const leaves: Leaf[] = []
  const waiting: Node[] = [{ path: '', name: '', value: record }]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const { path, name, value } = node
    if (typeof value !== 'object' || value === null) {
      leaves.push({ path: shortened(path), name, text: withoutMarkers(String(value), look.rules) })
      continue
    }
    const isList = Array.isArray(value)
    const members = Object.entries(value).map(([key, member]) => {
      const text = isList ? '' : withoutMarkers(key, look.rules)
      if (text !== '')
        leaves.push({ path: path === '' ? 'a name' : `a name in ${shortened(path)}`, name: '', text })
      const shown = isTelling(text, look) ? '…' : key
      return { path: path === '' ? shown : `${path}.${shown}`, name: isList ? name : key, value: member }
    })
    waiting.push(...members.reverse())
  }
  return leaves
}

interface Node {
  path: string
  name: string
  value: unknown
}

/** Whether a name holds what must not be told. */
function isTelling(name: string, { forms }: Look): boolean {
  return randomRuns(name).length > 0 || forms.some(({ text }) => name.includes(text))
}

function shortened(path: string): string {
  return path.length > LONGEST_PATH ? `${path.slice(0, LONGEST_PATH).toWellFormed()}…` : path
}

const HEAD = '[SECRET:'

function withoutMarkers(text: string, rules: Rules): string {
  let left = ''
  let from = 0
  for (let at = text.indexOf(HEAD); at !== -1; at = text.indexOf(HEAD, at + 1)) {
    const end = text.indexOf(']', at) + 1
    if (end === 0) break
    if (!isMarker(text.slice(at, end), rules)) continue
    left += `${text.slice(from, at)} `
    from = end
  }
  return left + text.slice(from)
}

function givenIn({ text }: Leaf, forms: readonly Form[], secrets: readonly string[]): string[] {
  const found = new Map<number, boolean>()
  for (const { index, text: form } of forms)
    if (text.includes(form)) found.set(index, found.get(index) === true || form === secrets[index])
  return Array.from(found, ([index, isPlain]) => {
    const how = isPlain ? '' : ', encoded'
    return `the given secret ${index + 1}${how} (${secrets[index].length} characters)`
  })
}

function looksIn({ name, path, text }: Leaf, allow: readonly string[]): string[] {
  if (OURS.has(path) || isHarmlessName(name)) return []
  const left = allow.reduce((rest, each) => rest.replaceAll(each, ' '), text)
  return randomRuns(left).map(({ length }) => `looks like a secret (${length} characters)`)
}
