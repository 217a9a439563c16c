/**
 * The properties of test/scrub/properties.test.ts with ten times as many cases: HUSHLOG_SEED=N npm run test:peers
 * -- properties for those of a run that failed; it has printed its seed.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const HUSHLOG_RUNS = process.argv[2] ?? (process.env.HUSHLOG_FULL === '1' ? '100000' : '20000')

const { status, stdout } = spawnSync(
  process.execPath,
  [
    'node_modules/tap/dist/esm/run.mjs',
    '--disable-coverage',
    '--reporter=tap',
    '--timeout=3600',
    'test/scrub/properties.test.ts',
  ],
  { cwd: root, env: { ...process.env, HUSHLOG_RUNS }, encoding: 'utf8', maxBuffer: 1 << 26 },
)
const passed = stdout.split('\n').filter((line) => /^ +(not )?ok |^ +# seed/.test(line))
console.log(`${HUSHLOG_RUNS} cases each\n${passed.join('\n')}`)
if (status !== 0) console.log(stdout)
process.exitCode = status ?? 1
