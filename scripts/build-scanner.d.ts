export function scannerModule(): Promise<string>
export function buildScanner(): Promise<void>
