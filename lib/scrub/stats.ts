import type { Stats } from '../types.ts'
import type { Finder } from './finder.ts'
import type { Gate } from './gate.ts'

/** What a gate has done so far. */
export function gateStats(gate: Gate, { registered, scanner }: Finder): Omit<Stats, 'store'> {
  const { lines, bytes, withheld } = gate.counts
  return {
    lines,
    bytes,
    scrubbed: gate.tally.byRule(),
    scanner,
    withheld,
    onScrubFailures: gate.tally.failures,
    hidden: { values: registered.size, refused: [...registered.refused] },
  }
}
