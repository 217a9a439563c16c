/**
 * The programs of the users, by the name of their file. Each logs, seals what it has logged, and ends.
 */
const LOGGING = `
const log = hushlog({ service: 'shop' })
log.info({ user: 'ada', password: 'hunter2' }, 'welcome')
void log.audit({ action: 'order.refund', actor: 'ada', outcome: 'success' })
log.close()
`
const TYPED = `
const log: Hushlog = hushlog({ service: 'shop' })
const logRequest = requestLogger(log)
export const server = createServer((req, res) => logRequest(req, res, () => res.end()))
export const handlesErrors = errorLogger(log)
log.info({ user: 'ada', password: 'hunter2' }, 'welcome')
void log.audit({ action: 'order.refund', actor: 'ada', outcome: 'success' })
void log.close()
`
const NAMES = `import { createServer } from 'node:http'
import { errorLogger, type Hushlog, hushlog, requestLogger } from 'hushlog'
import byDefault from 'hushlog'
import type { TransportOptions } from 'hushlog/transport'
export const options: TransportOptions = { service: 'shop' }
export const called = () => byDefault({ storage: false })
`

export const PLAIN = {
  'esm.mjs': `import { hushlog } from 'hushlog'\n${LOGGING}`,
  'commonjs.cjs': `const { hushlog } = require('hushlog')\n${LOGGING}`,
  'transport.mjs': `import pino from 'pino'
    const log = pino(pino.transport({ target: 'hushlog/transport', options: { service: 'shop', storage: {} } }))
    log.info({ user: 'ada', password: 'hunter2' }, 'welcome')`,
  'transport.cjs': `const pino = require('pino')
    const log = pino(pino.transport({ target: 'hushlog/transport', options: { service: 'shop', storage: {} } }))
    log.info({ user: 'ada', password: 'hunter2' }, 'welcome')`,
}

/** Compiled first: under `node20`, `nodenext` and `bundler` alike. */
export const TYPESCRIPT = { 'names.mts': NAMES + TYPED, 'names.cts': NAMES + TYPED }

/** In a container: on standard output and in the store alike. */
export const CONTAINER = {
  'handler.mjs': `import { hushlog } from 'hushlog'
    const log = hushlog({ service: 'shop', stdout: 'json' })
    for (let i = 0; i < 100; i++) log.info({ i, password: 'hunter2' }, 'line')
    process.on('SIGTERM', () => {
      for (let i = 100; i < 200; i++) log.info({ i }, 'last words')
      process.exit(7)
    })
    setInterval(() => {}, 1000)
    log.flush().then(() => process.stderr.write(\`up as \${process.pid}\\n\`))`,
  'no-handler.mjs': `import { hushlog } from 'hushlog'
    const log = hushlog({ service: 'shop', stdout: 'json' })
    for (let i = 0; i < 100; i++) log.info({ i, password: 'hunter2' }, 'line')
    log.flush().then(() => process.stderr.write(\`up as \${process.pid}\\n\`))
    setTimeout(() => {
      for (let i = 100; i < 200; i++) log.info({ i }, 'last words')
      process.exit(7)
    }, 1500)`,
}

export const READ_ONLY = {
  'default.mjs': `import { hushlog } from 'hushlog'
    const log = hushlog({ service: 'shop' })
    log.info({ user: 'ada', password: 'hunter2' }, 'welcome')`,
  'explicit.mjs': `import { hushlog } from 'hushlog'
    hushlog({ service: 'shop', storage: { dir: 'logs' } })`,
  'transport.mjs': `import pino from 'pino'
    const log = pino(pino.transport({ target: 'hushlog/transport', options: { service: 'shop' } }))
    log.info({ user: 'ada', password: 'hunter2' }, 'welcome')`,
}
