import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseSegmentName } from '../store/segment.ts'
import type { Ledger } from './ledger.ts'

const HOUR = 3_600_000

/** How often it is looked whether an hour has begun. */
export const PULSE = 60_000

/** One entry for each hour of UTC, by whichever keeper of the directory comes first. */
export class Heartbeat {
  readonly #ledger: Ledger
  readonly #now: () => number
  /** The last hour of which an entry is known, counted from the epoch. */
  #hour: number | undefined

  constructor(ledger: Ledger, now: () => number) {
    this.#ledger = ledger
    this.#now = now
  }

  get isDue(): boolean {
    return this.#hour !== hourOf(this.#now())
  }

  /** @throws HushlogError `HUSHLOG_LEDGER` */
  async beat(): Promise<void> {
    const { dir } = this.#ledger
    const hour = hourOf(this.#now())
    if (hour === this.#hour) return
    await this.#ledger.update(async ({ heartbeat }) =>
      hourOf(Date.parse(heartbeat ?? '')) === hour ? [] : [{ kind: 'heartbeat', open: openSegments(dir) }],
    )
    this.#hour = hour
  }
}

function hourOf(time: number): number {
  return Math.floor(time / HOUR)
}

export function openSegments(dir: string): number {
  return readdirSync(join(dir, 'open')).filter((file) => parseSegmentName(file) !== undefined).length
}
