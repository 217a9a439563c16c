import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Readable } from 'node:stream'
import { hashOfUnsigned, parseEntry, withoutSignature } from '../keep/chain.ts'
import { ledgerPath } from '../keep/ledger.ts'
import { ledgerError, openLedger } from '../keep/ledger-state.ts'
import { checkpointText, formatCheckpoint, originOf } from '../keep/note.ts'
import { safeHost } from '../store/segment.ts'
import { checkpointKey, ledgerFolder, ledgerPartKey } from './keys.ts'
import { type FileObject, fileObject } from './sealed-object.ts'
import type { SealPlace, TargetState } from './ship-state.ts'

/** The entries of the ledger that do not lie in a target yet, and the checkpoint of the seal that they end in. */
export interface LedgerObjects {
  part: FileObject
  checkpoint: FileObject
  /** Entries up to and with the seal. */
  size: number
}

/**
 * @param firstKey of the ledger (base64)
 * @throws HushlogError `HUSHLOG_LEDGER`
 */
export async function ledgerObjects(
  dir: string,
  { anchored, seals }: TargetState,
  firstKey: string,
  lockUntil: number,
): Promise<LedgerObjects> {
  const origin = originOf(firstKey)
  const folder = ledgerFolder(safeHost(hostname()), origin)
  const seal = seals[seals.length - 1]
  const path = ledgerPath(dir)
  const handle = await openLedger(path)
  if (handle === undefined) throw ledgerError(path, 'it is gone')
  const note = await checkpointIn(handle, seal, origin).catch(async (error) => {
    await handle.close()
    throw error
  })
  if (note === undefined) {
    await handle.close()
    throw ledgerError(
      path,
      `entry ${seal.n} is not the one that was read before`,
      undefined,
      'run hushlog verify',
    )
  }
  const range = { start: anchored.end, end: seal.at + seal.length + 1 }
  const part = await fileObject(handle, path, range, (hashes) => ({
    key: ledgerPartKey(folder, anchored.size, seal.n, hashes.sha256),
    type: 'application/x-ndjson',
    lockUntil,
    ...hashes,
  }))
  return {
    part,
    checkpoint: textObject(note, lockUntil, (sha256) => checkpointKey(folder, seal.n, sha256)),
    size: seal.n + 1,
  }
}

async function checkpointIn(
  handle: FileHandle,
  seal: SealPlace,
  origin: string,
): Promise<string | undefined> {
  const line = Buffer.alloc(seal.length)
  await handle.read(line, 0, seal.length, seal.at)
  return checkpointOf(line, seal, origin)
}

function checkpointOf(line: Buffer, { n, key }: SealPlace, origin: string): string | undefined {
  const entry = parseEntry(line)
  if (entry?.kind !== 'seal' || entry.n !== n) return undefined
  const root = hashOfUnsigned(withoutSignature(line, entry.sig))
  return formatCheckpoint(checkpointText(origin, n + 1, root, entry.at), entry.sig, key)
}

function textObject(text: string, lockUntil: number, key: (sha256: string) => string): FileObject {
  const bytes = Buffer.from(text)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return {
    key: key(sha256),
    sha256,
    md5: createHash('md5').update(bytes).digest('hex'),
    bytes: bytes.length,
    type: 'text/plain',
    lockUntil,
    open: () => Readable.from([bytes], { objectMode: false }),
    close: async () => {},
  }
}
