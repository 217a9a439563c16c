import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { HushlogError } from '../errors.ts'
import { s3Config, type TargetConfig } from '../ship-config.ts'
import type { S3Options } from '../types.ts'

/*
 * Targets as one line of text, in the ledger, in errors and after --to:
 *
 *   s3://BUCKET/PREFIX?endpoint=https://HOST
 *   file:///DIR/
 */

/** As it stands in the ledger: what names the place, and nothing about how things are put there. */
export function placeOf(target: TargetConfig): string {
  if (target.kind === 'directory') return `${pathToFileURL(target.path)}/`
  const { bucket, prefix, endpoint } = target
  return `s3://${bucket}/${prefix}${endpoint === undefined ? '' : `?endpoint=${new URL(endpoint).origin}`}`
}

/** What may follow the `?` of an s3 target, by the name of its option. */
const PARAMETERS: Record<string, (value: string) => Partial<S3Options>> = {
  endpoint: (endpoint) => ({ endpoint }),
  region: (region) => ({ region }),
  'force-path-style': (value) => ({ forcePathStyle: flagOf(value) }),
  'object-lock': (value) => ({ objectLock: value === 'false' ? false : (value as 'compliance') }),
  'server-side-encryption': (value) => ({ serverSideEncryption: value as 'AES256' }),
  'kms-key-id': (kmsKeyId) => ({ kmsKeyId }),
  'storage-class': (storageClass) => ({ storageClass }),
}

/**
 * The target that a text names: a path, a `file:` URL, or `s3://BUCKET/PREFIX?endpoint=…&region=…`.
 * @param option what it was given by, for errors: `--to`
 * @throws HushlogError `HUSHLOG_OPTION`
 */
export function targetOf(text: string, option: string): TargetConfig {
  if (!text.startsWith('s3:')) return { kind: 'directory', option, path: pathOf(text, option) }
  const question = text.indexOf('?')
  const place = question === -1 ? text : text.slice(0, question)
  const [bucket, ...prefix] = place.slice('s3://'.length).split('/')
  if (!place.startsWith('s3://') || bucket === '') throw wrong(option, 's3://BUCKET/PREFIX')
  const options: S3Options = { bucket, prefix: prefix.join('/') }
  for (const [name, value] of new URLSearchParams(question === -1 ? '' : text.slice(question))) {
    if (!Object.hasOwn(PARAMETERS, name))
      throw wrong(option, `after the ? ${Object.keys(PARAMETERS).join(', ')}`)
    Object.assign(options, PARAMETERS[name](value))
  }
  return { kind: 's3', ...s3Config(options, option) }
}

function pathOf(text: string, option: string): string {
  if (!text.startsWith('file:')) {
    if (text.includes('://')) throw wrong(option, 's3://BUCKET/PREFIX, file:///DIR or a path')
    return resolve(text)
  }
  try {
    return resolve(fileURLToPath(text))
  } catch {
    throw wrong(option, 'a file URL with an absolute path: file:///mnt/backup')
  }
}

/** The text may hold what somebody took for the place of credentials. */
function wrong(option: string, takes: string): HushlogError {
  return new HushlogError('HUSHLOG_OPTION', `option ${option} takes ${takes}`, {
    hint: "credentials come from the SDK's own chain: the environment, a profile, a role",
  })
}

function flagOf(value: string): boolean {
  return (value === 'true' || value === 'false' ? value === 'true' : value) as boolean
}
