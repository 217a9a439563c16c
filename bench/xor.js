/**
 * The floor that times are told as multiples of: one XOR of every byte, 16 at a time.
 */
import asc from 'assemblyscript/asc'

/** Bytes of a full batch of the gate, and of WebAssembly's one page here. */
export const BATCH = 65536

const XOR = `export function xor(from: u32, to: u32): i32 {
  let sum = i8x16.splat(0)
  for (; from < to; from += 16) sum = v128.xor(sum, v128.load(from))
  return i32x4.extract_lane(sum, 0)
}`

/** `xor(from, to)` of a memory of its own. */
export async function compileXor() {
  let binary
  await asc.main(
    [
      'xor.ts',
      '--outFile',
      'xor.wasm',
      '-O3',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--initialMemory',
      '1',
    ],
    {
      readFile: (name) => (name === 'xor.ts' ? XOR : null),
      writeFile: (name, contents) => {
        if (name === 'xor.wasm') binary = contents
      },
      listFiles: () => [],
    },
  )
  const { instance } = await WebAssembly.instantiate(binary, {})
  return instance.exports.xor
}
