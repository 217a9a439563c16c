/**
 * Compiles the scanner and the review's page into lib/, lib/ into build/, and what is there into the few files of dist/ that the package
 * holds: a module of one file is loaded in half the time of one of 130.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { buildPage } from './build-page.js'
import { buildScanner } from './build-scanner.js'

const root = fileURLToPath(new URL('..', import.meta.url))

await buildScanner()
await buildPage()
for (const folder of ['build', 'dist']) rmSync(`${root}${folder}`, { recursive: true, force: true })
compile()
await bundle()

function compile() {
  const { status } = spawnSync(
    process.execPath,
    [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`],
    { cwd: root, stdio: 'inherit' },
  )
  if (status !== 0) process.exit(status ?? 1)
}

async function bundle() {
  await build({
    absWorkingDir: root,
    entryPoints: [
      'build/index.js',
      'build/transport.js',
      'build/cli/main.js',
      'build/keep/seal-worker.js',
      'build/ship/ship-worker.js',
    ],
    outbase: 'build',
    outdir: 'dist',
    chunkNames: 'shared-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    packages: 'external',
    charset: 'utf8',
    logLevel: 'warning',
  })
  cpSync(`${root}build`, `${root}dist`, {
    recursive: true,
    filter: (path) => !path.endsWith('.js'),
  })
  chmodSync(`${root}dist/cli/main.js`, 0o755)
}
