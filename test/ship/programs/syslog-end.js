/** Logs so many lines to a syslog server and comes to its end without closing the logger. */
import { hushlog } from '../../../dist/index.js'

const [port, count] = process.argv.slice(2).map(Number)
const log = hushlog({
  stdout: false,
  storage: false,
  ship: { syslog: { host: '127.0.0.1', port, tls: false } },
})
for (let n = 0; n < count; n++) log.info({ n })
