/**
 * Compiles the scanner from AssemblyScript into a module of TypeScript that holds it in base64, so that nothing has
 * to be found at run time: lib/scrub/scanner/wasm-bytes.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = ['index.ts', 'values.ts'].map((name) => `lib/scrub/scanner/assembly/${name}`)
const target = `${root}lib/scrub/scanner/wasm-bytes.ts`
const OPTIONS = [
  '--optimizeLevel',
  '3',
  '--shrinkLevel',
  '0',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--importMemory',
  '--noExportMemory',
  '--noAssert',
  '--use',
  'abort=',
]
const LINE = 100

/** The text of the module. */
export async function scannerModule() {
  let binary
  const { error, stderr } = await asc.main(
    [...sources, '--baseDir', root, '--outFile', 'scanner.wasm', ...OPTIONS],
    {
      readFile: (name, base) => read(`${base}/${name}`),
      writeFile: (_name, contents) => {
        binary = contents
      },
      listFiles: () => [],
    },
  )
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`)
  const text = Buffer.from(binary).toString('base64')
  const lines = Array.from({ length: Math.ceil(text.length / LINE) }, (_, i) =>
    text.slice(i * LINE, (i + 1) * LINE),
  )
  return `/** The scanner, made by scripts/build-scanner.js from assembly/. */
export const WASM: string =
${lines.map((line) => `  '${line}'`).join(' +\n')}
`
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Writes the module if it changed: a build in a read-only tree works as long as nothing did. */
export async function buildScanner() {
  const text = await scannerModule()
  if (read(target) !== text) writeFileSync(target, text)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildScanner()
