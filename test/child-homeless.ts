/** A program whose default log directory cannot be made, and which exits in the turn it logs in: `child-homeless.ts DIR`. */
import { flushAtExit } from '../lib/exit.ts'
import hushlog from '../lib/hushlog.ts'

process.chdir(process.argv[2])
flushAtExit(() => {
  throw new Error('another logger that cannot be flushed')
})
hushlog().info({ password: 'hunter2' }, 'the last words')
process.exit(3)
