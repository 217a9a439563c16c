import type { LedgerEntry, SegmentFact } from '../../keep/facts.ts'

/** With the time of its entry. */
export type ListedSegment = SegmentFact & Pick<LedgerEntry, 'at'>

export interface ListedSegments {
  /** By the first entry of each name. */
  segments: Map<string, ListedSegment>
  pruned: Set<string>
  /** Keys in the target, by name. */
  shipped: Map<string, string>
}

/** @param place of the target that is asked about */
export function noteEntry(listed: ListedSegments, entry: LedgerEntry, place: string): void {
  const name = 'name' in entry ? String(entry.name) : ''
  if (entry.kind === 'segment' && !listed.segments.has(name)) listed.segments.set(name, shaped(entry))
  if (entry.kind === 'pruned') listed.pruned.add(name)
  if (entry.kind === 'shipped' && entry.to === place) listed.shipped.set(name, String(entry.key))
}

/** Whoever has taken the key may have signed anything: it must not keep the rest from being had back. */
function shaped(fact: ListedSegment): ListedSegment {
  const { at, name, path, sha256, first, last, writer, service, sealedBytes } = fact
  return {
    ...fact,
    at: String(at),
    name: String(name),
    path: String(path),
    sha256: String(sha256),
    first: String(first),
    last: String(last),
    writer: String(writer),
    sealedBytes: Number.isSafeInteger(sealedBytes) ? sealedBytes : 0,
    ...(service === undefined ? {} : { service: String(service) }),
  }
}
