/**
 * Bundles the script and the style of the review's page, uPlot within, into a module of TypeScript that holds them as
 * text: lib/review/page/assets.ts.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = `${root}lib/review/page/assets.ts`
const LINE = 100

/** The text of the module. */
export async function pageModule() {
  const licence = readFileSync(`${root}node_modules/uplot/LICENSE`, 'utf8').trim()
  const script = await bundled({
    entryPoints: ['lib/review/page/client/main.ts'],
    inject: ['lib/review/page/client/sharpness.ts'],
    format: 'iife',
    target: 'es2022',
    // The same text on every machine: without names of files.
    legalComments: 'none',
    banner: { js: `/*! The charts are drawn by uPlot.\n\n${licence}\n*/` },
  })
  const style = await bundled({
    stdin: {
      contents: "@import 'uplot/dist/uPlot.min.css'; @import './lib/review/page/client/page.css';",
      resolveDir: root,
      loader: 'css',
    },
    target: 'chrome120',
  })
  return `/** The script and the style of the page, made by scripts/build-page.js from client/ and uPlot. */
export const SCRIPT: string =
${literal(script)}

export const STYLE: string =
${literal(style)}
`
}

async function bundled(options) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    charset: 'ascii',
    logLevel: 'warning',
    ...options,
  })
  const text = outputFiles[0].text.trim()
  // Either would end the element that holds the text.
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error('the text ends its own element')
  return text
}

/** A string in pieces, none of which ends within an escape. */
function literal(text) {
  const pieces = Array.from({ length: Math.ceil(text.length / LINE) }, (_, i) =>
    text.slice(i * LINE, (i + 1) * LINE),
  )
  return pieces.map((piece) => `  ${JSON.stringify(piece)}`).join(' +\n')
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** Writes the module if it changed: a build in a read-only tree works as long as nothing did. */
export async function buildPage() {
  const text = await pageModule()
  if (read(target) !== text) writeFileSync(target, text)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage()
