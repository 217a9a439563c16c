import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Says, in a directory that was restored, from where. */
export const RESTORED = 'restored.json'

/**
 * Whether a directory is a copy that was restored from a target. The file proves nothing, for whoever may write there
 * can put it there: one with a private key, with open segments or with torn tails is none, whatever it says, and neither
 * is one whose file names another ledger.
 * @param ledger as it is proven there, `hushlog/…`; undefined when nothing is
 */
export async function isRestored(dir: string, ledger: string | undefined): Promise<boolean> {
  if ((await isLive(dir)) || (await namesIn(join(dir, 'torn'))).length > 0) return false
  const named = await ledgerOf(join(dir, RESTORED))
  return named !== undefined && (ledger === undefined || named === ledger)
}

const LARGEST = 4096

/** The ledger that the file names. */
async function ledgerOf(path: string): Promise<string | undefined> {
  try {
    const stat = await lstat(path)
    if (!stat.isFile() || stat.size > LARGEST) return undefined
    return String(JSON.parse(await readFile(path, 'utf8')).ledger)
  } catch {
    return undefined
  }
}

/** Whether programs log there, or did. */
export async function isLive(dir: string): Promise<boolean> {
  const keys = await namesIn(join(dir, 'keys'))
  const isKey = (name: string) => name.startsWith('current') || name.startsWith('next')
  return keys.some(isKey) || (await namesIn(join(dir, 'open'))).length > 0
}

function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
