// A pino logger that a program has already, put behind the gate: the same object, the same output, no secrets.
// node examples/wrap-pino.js
import { wrap } from 'hushlog'
import pino from 'pino'

const log = wrap(pino({ base: undefined, timestamp: false }))

log.info({ user: 'ada', password: 'invented-for-this-example' }, 'signed up')
log.child({ authorization: 'Bearer inventedForThisExample0123456789' }).warn('retrying')
log.error(new Error('cannot connect to redis://default:made-up-for-this@cache.example:6379'))
