import { bucketOf, bucketTop } from '../keep/search-index/summary.ts'
import type { Latency } from './report.ts'

const BUCKETS = bucketOf(Number.MAX_SAFE_INTEGER) + 1

/** How many requests took how long, by the buckets of summaries. */
export class Latencies {
  #counts: Float64Array | undefined

  add(latencies: Record<string, number>): void {
    this.#counts ??= new Float64Array(BUCKETS)
    for (const [bucket, count] of Object.entries(latencies)) {
      const index = Number(bucket)
      if (index >= 0 && index < BUCKETS) this.#counts[index] += count
    }
  }

  /** In milliseconds; null without requests. */
  result(): Latency | null {
    const counts = this.#counts
    const total = counts?.reduce((sum, count) => sum + count, 0) ?? 0
    if (counts === undefined || total === 0) return null
    const [p50, p95, p99, max] = [0.5, 0.95, 0.99, 1].map((part) => quantile(counts, total, part))
    return { p50, p95, p99, max }
  }
}

function quantile(counts: Float64Array, total: number, part: number): number {
  const wanted = Math.max(1, Math.ceil(total * part))
  let seen = 0
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket]
    if (seen >= wanted) return bucketTop(bucket)
  }
  return bucketTop(BUCKETS - 1)
}
