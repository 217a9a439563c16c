import type { Report } from '../../lib/review/report.ts'

/** A week of a shop on three hosts in which a lot has happened. */
export function sampleReport(): Report
/** The same, with so many rows in every table, over so many days. */
export function largeReport(rows: number): Report
/** Of a directory in which nothing was ever written. */
export function emptyReport(): Report
/** A copy, each of its strings replaced by what the function makes of it and of its path, as `logins.byUser.0.user`. */
export function withStrings(report: Report, replace: (text: string, path: string) => string): Report
/** Texts that try to be more than text. */
export const HOSTILE: string[]
