import type { ShipTarget } from '../target.ts'
import type { ShippedLedger } from './shipped-ledgers.ts'

export interface RestoreOptions {
  target: ShipTarget
  shipped: ShippedLedger
  dir: string
  /** The first public key (base64). Default: any that the ledger bears the name of. */
  key?: string | undefined
  /** Segments with records of this time, in milliseconds since the epoch. */
  since?: number | undefined
  until?: number | undefined
  service?: string | undefined
  /** Days before which no segment may have been removed. Default 90. */
  keepDays?: number
  /** Told of the bytes that will be fetched or looked at, more than once, and then of those that were. */
  onTotal?(bytes: number): void
  onProgress?(bytes: number): void
}
