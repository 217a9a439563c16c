// A bunyan logger that a program has already, behind the gate; its child was made before.
// node examples/wrap-bunyan.js
import bunyan from 'bunyan'
import { wrap } from 'hushlog'

const log = bunyan.createLogger({ name: 'shop', serializers: bunyan.stdSerializers })
const orders = log.child({ module: 'orders' })
wrap(log)

log.info({ user: 'ada', password: 'invented-for-this-example' }, 'signed up')
orders.error(new Error('cannot connect to redis://default:made-up-for-this@cache.example:6379'))
