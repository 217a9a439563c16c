import { type Checkpoint, parseCheckpoint } from '../../keep/note.ts'
import { hivePart, type LedgerObject, ledgerFolder, parseLedgerKey } from '../keys.ts'
import type { ShipTarget } from '../target.ts'

/** A ledger as the names in a target tell of it: nothing of it is proven yet. */
export interface ShippedLedger {
  /** `ledger/host=HOST/LEDGER/` */
  folder: string
  /** As it stands in keys. */
  host: string
  /** `hushlog/…` */
  ledger: string
  /** In the order of their first entries. */
  parts: LedgerObject[]
  /** The newest first. */
  checkpoints: LedgerObject[]
  bytes: number
}

export interface LedgerChoice {
  host?: string | undefined
  /** `hushlog/…`, or what follows the slash. */
  ledger?: string | undefined
}

/** The ledgers in a target. @throws ShipFailure */
export async function shippedLedgers(
  target: ShipTarget,
  choice: LedgerChoice = {},
): Promise<ShippedLedger[]> {
  const found = new Map<string, ShippedLedger>()
  const prefix = choice.host === undefined ? 'ledger/' : `ledger/host=${hivePart(choice.host)}/`
  for await (const { key, bytes } of target.list(prefix)) {
    const object = parseLedgerKey(key)
    if (object === undefined || !isChosen(object, choice)) continue
    const ledger = found.get(object.folder) ?? emptyLedger(object.folder)
    found.set(object.folder, ledger)
    if (object.kind === 'part') ledger.bytes += bytes
    ledger[object.kind === 'part' ? 'parts' : 'checkpoints'].push(object)
  }
  for (const { parts, checkpoints } of found.values()) {
    parts.sort((a, b) => a.from - b.from || a.to - b.to)
    checkpoints.sort((a, b) => b.to - a.to)
  }
  return [...found.values()]
}

function isChosen({ folder }: LedgerObject, { ledger }: LedgerChoice): boolean {
  return ledger === undefined || ledgerFolder('', ledger).split('/')[2] === folder.split('/')[2]
}

function emptyLedger(folder: string): ShippedLedger {
  const [, host, ledger] = folder.split('/')
  const name = { host: host.slice('host='.length), ledger: `hushlog/${ledger}` }
  return { folder, ...name, parts: [], checkpoints: [], bytes: 0 }
}

const LARGEST_NOTE = 16 * 1024

/**
 * A checkpoint as it lies in a target, its signature not looked at; undefined when it is none, or another than its name
 * says.
 * @throws ShipFailure of scope `target`
 */
export async function readCheckpoint(
  target: ShipTarget,
  { key, sha256, to }: LedgerObject,
): Promise<(Checkpoint & { note: string }) | undefined> {
  const note = await textOf(target, key, sha256)
  const checkpoint = parseCheckpoint(note)
  return checkpoint?.size === to + 1 ? { ...checkpoint, note } : undefined
}

/** A small content; empty when it is not there, is another or is not small. */
async function textOf(target: ShipTarget, key: string, sha256: string): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of await target.get(key, sha256)) {
      length += chunk.length
      if (length > LARGEST_NOTE) return ''
      chunks.push(chunk)
    }
    return Buffer.concat(chunks).toString()
  } catch (error) {
    if (isOfObject(error)) return ''
    throw error
  }
}

/** Whether a failure is about one object alone. */
export function isOfObject(error: unknown): boolean {
  return (error as { scope?: string }).scope === 'object'
}
