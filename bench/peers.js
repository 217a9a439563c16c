/**
 * The packages that hushlog is compared with and does not need itself, at versions that do not move: 9 MB, installed
 * into a temporary folder for one run, so that nobody who works on hushlog has to have them.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

export const PEERS = {
  '@hackylabs/deep-redact': '3.0.5',
  '@logtape/logtape': '2.4.2',
  '@logtape/file': '2.3.10',
  '@logtape/redaction': '2.3.7',
  'pino-roll': '4.0.0',
  winston: '3.19.0',
  'winston-daily-rotate-file': '5.0.0',
}

/** @param folder where node_modules goes; it is there already */
export function installPeers(folder) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PEERS }))
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts']
  execFileSync('npm', ['install', ...quiet], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** `require` for what has been installed there. */
export function requirePeers(folder) {
  return createRequire(join(folder, 'package.json'))
}
