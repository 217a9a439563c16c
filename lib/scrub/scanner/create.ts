import type { Rules } from '../rules.ts'
import { PlainScanner } from './plain.ts'
import type { Scanner } from './scanner.ts'
import { WasmScanner } from './wasm.ts'

/**
 * The scanner in WebAssembly. Where that or its SIMD is missing, or HUSHLOG_SCANNER=plain asks for it, the one in
 * plain JavaScript with the same results.
 */
export function createScanner(rules: Rules): Scanner {
  if (process.env.HUSHLOG_SCANNER === 'plain') return new PlainScanner(rules)
  try {
    return new WasmScanner(rules)
  } catch {
    return new PlainScanner(rules)
  }
}
