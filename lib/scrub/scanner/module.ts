/**
 * What scripts/build-scanner.js compiled, and as much of WebAssembly's interface as is used; the types of Node.js do
 * not have it.
 */
import { WASM } from './wasm-bytes.ts'

export const PAGE = 65536
/** Of the address space of WebAssembly; a memory of this size cannot grow. */
export const MAX_PAGES = 65536

export interface Memory {
  readonly buffer: ArrayBuffer
  grow(pages: number): number
}

interface WebAssemblyApi {
  Memory: new (size: { initial: number; maximum: number }) => Memory
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object, imports: object) => { exports: unknown }
}
const { WebAssembly: api } = globalThis as unknown as { WebAssembly: WebAssemblyApi }

/** Compiled once for all memories of the process. */
let module: object | undefined

/** @throws where WebAssembly or its SIMD is missing */
export function newMemory(initial: number, maximum: number): Memory {
  return new api.Memory({ initial, maximum })
}

/** @throws where WebAssembly or its SIMD is missing */
export function instantiate(memory: Memory): unknown {
  module ??= new api.Module(Buffer.from(WASM, 'base64'))
  return new api.Instance(module, { env: { memory } }).exports
}
