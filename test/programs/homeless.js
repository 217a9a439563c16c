/** A program whose default log directory cannot be made. */
import { hushlog } from 'hushlog'

const log = hushlog({ stdout: false })
log.info({ password: 'hunter2' }, 'hello')
