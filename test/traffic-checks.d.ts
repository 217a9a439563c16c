export interface Found {
  problems: string[]
  lines: number
  accessRecords: number
  files: number
  bytes: number
}

/** What each secret of a run holds. */
export function inventWord(): string
export function sendRequests(
  url: string,
  amount: number,
  word: string,
): Promise<{ answered: number; seconds: number }>
export function checkDirectory(dir: string, requests: number, word: string): Promise<Found>
