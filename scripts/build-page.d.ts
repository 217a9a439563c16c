export function pageModule(): Promise<string>
export function buildPage(): Promise<void>
