/** Logs to a transport, and exits or comes to its end without closing the logger. */
import { hushlog } from '../../../dist/index.js'

const [how, target, options] = process.argv.slice(2)
const log = hushlog({
  stdout: false,
  storage: false,
  ship: { transports: [{ target, options: JSON.parse(options) }] },
})
for (let n = 0; n < 500; n++) log.info({ n })
if (how === 'exit') process.exit(3)
