/**
 * The keeper under one user and programs that log under others, for real: what each can reach, what the keeper takes
 * and refuses, and what a kill leaves. npm run test:peers -- keeper, or node test/peers/keeper.peer.js [ROW ...] for
 * some rows; HUSHLOG_FULL=1 for fifty kills. Needs root, to become other users.
 */
import { ROWS } from './keeper/rows.js'
import { cleanUp } from './keeper/users.js'
import { runRows } from './rows.js'

if (process.getuid?.() !== 0) throw new Error('this suite becomes other users: run it as root')
await runRows(ROWS, process.argv.slice(2), cleanUp)
