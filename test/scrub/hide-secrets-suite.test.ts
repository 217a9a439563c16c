/** The suite of the package hide-secrets, as it is installed, run against our drop-in for it. */
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import t from 'tap'
import { hideSecrets } from '../../lib/scrub/hide-secrets.ts'

const require = createRequire(import.meta.url)
const index = require.resolve('hide-secrets')
const theirs = require(index)
let calls = 0

// Ours asks the package itself, which it has to have before that is replaced.
hideSecrets({})

const replaced = require.cache[index]
if (replaced === undefined) throw new Error('hide-secrets was not loaded')
replaced.exports = (value: unknown, options?: { badWords?: string }) => {
  calls++
  return hideSecrets(value, options)
}

const suite = join(dirname(index), 'test')
for (const file of readdirSync(suite)) require(join(suite, file))

t.test('all of it ran, and on ours', async (t) => {
  t.not(replaced.exports, theirs)
  t.equal(calls, 10)
})
