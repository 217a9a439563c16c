/**
 * What a segment's records say, added up when it is sealed: a review reads these instead of the records.
 */

/** Of one segment. Frames are not counted. */
export interface Summary {
  /** Records, and lines among them that are no JSON object. */
  lines: number
  unreadable: number
  /** In order; a line without a time counts for the hour of the line before it. */
  hours: HourSummary[]
}

/** What came in one hour (UTC), by the `time` of the records. */
export interface HourSummary {
  /** When it begins, milliseconds since the epoch. */
  hour: number
  lines: number
  bytes: number
  /** Records by pino's level number. */
  levels: Record<string, number>
  /** Access records, by their operation. Those of too many operations are added up under `OTHER`. */
  operations: Record<string, OperationSummary>
  /** Records of level error and above that are no access records, by operation; as above. */
  errors: Record<string, number>
  /** Markers of the gate, by operation and rule: `{ 'POST /login': { password: 3 } }`; as above. */
  secrets: Record<string, Record<string, number>>
  /** Audit records by action and outcome: `auth.login failure`; as above. */
  audits: Record<string, number>
}

export interface OperationSummary {
  requests: number
  /** By class: index 0 is 1xx, index 4 is 5xx. Aborted requests without a status are in none. */
  classes: [number, number, number, number, number]
  aborted: number
  /** Access records of level error and above. */
  errors: number
  /** How many took how long: counts by `bucketOf(milliseconds)`, only those that are not 0. */
  latencies: Record<string, number>
}

/** Stands for all names that found no room. No operation of a request is called so. */
export const OTHER = '(other)'
/** So many names a table and segment. */
export const MAX_NAMES = 500
export const HOUR_MS: number = 3_600_000

/**
 * Latencies are counted in buckets of one eighth of a power of two, so that a quantile is right to 12.5 %: 0 to 15 ms
 * each have one.
 */
export function bucketOf(ms: number): number {
  const whole = Math.min(Math.max(0, Math.floor(ms)), 2 ** 31)
  if (whole < 16) return whole
  const power = 31 - Math.clz32(whole)
  return 16 + (power - 4) * 8 + ((whole >>> (power - 3)) & 7)
}

/** The longest time that a bucket counts, in milliseconds. */
export function bucketTop(bucket: number): number {
  if (bucket < 16) return bucket
  const power = 4 + Math.floor((bucket - 16) / 8)
  return 2 ** power + (((bucket - 16) % 8) + 1) * 2 ** (power - 3) - 1
}
