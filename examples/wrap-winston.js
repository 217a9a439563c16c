// A winston logger that a program has already, behind the gate and into the store: same object, same output.
// node examples/wrap-winston.js
import { hushlog, wrap } from 'hushlog'
import winston from 'winston'

const store = hushlog({ service: 'shop', stdout: false })
const log = winston.createLogger({ transports: [new winston.transports.Console()] })
wrap(log, { storage: store })

log.info('signed up', { user: 'ada', password: 'invented-for-this-example' })
log.child({ authorization: 'Bearer inventedForThisExample0123456789' }).warn('retrying')
log.error('failed', {
  err: new Error('cannot connect to redis://default:made-up-for-this@cache.example:6379'),
})
await store.close()
