import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'

/** Starts a thread of ours; undefined where its file is not there, as in a program bundled into one file. */
export function startThread(here: string | undefined, folder: string, name: string): Worker | undefined {
  const file = threadFile(here, folder, name)
  if (file === undefined) return undefined
  try {
    // What the program gives node on its command line (--input-type, --import) is not for this thread, unless it is
    // what loads TypeScript.
    const execArgv = file.pathname.endsWith('.ts') ? process.execArgv : []
    return new Worker(file, { name: 'hushlog', argv: [], execArgv })
  } catch {
    return undefined
  }
}

/**
 * Where a thread's file is. It lies in its folder beside those who start it in lib/ and build/. In dist/ their code
 * stands in dist/, or in dist/cli/, and the thread's in dist/FOLDER/.
 * @param here the URL of a module in that folder, or of what it was bundled into; undefined in a bundle of CommonJS
 */
export function threadFile(here: string | undefined, folder: string, name: string): URL | undefined {
  if (here === undefined || !here.startsWith('file:')) return undefined
  const places = [`./${name}.ts`, `./${name}.js`, `./${folder}/${name}.js`, `../${folder}/${name}.js`]
  return places.map((place) => new URL(place, here)).find((url) => existsSync(fileURLToPath(url)))
}
