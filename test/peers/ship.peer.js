/**
 * Shipping to a real S3 server, Ceph's gateway, and to a directory, with everything killed that can be: one row for each
 * promise, with its numbers. npm run test:peers -- ship, or node test/peers/ship.peer.js [ROW ...] for some rows;
 * HUSHLOG_FULL=1 for the full numbers. Needs root (mount), and the network when Debian's packages are not installed.
 */
import { runRows } from './rows.js'
import { install } from './s3/gateway.js'
import * as kills from './ship/kills.js'
import * as programs from './ship/programs.js'
import * as troubles from './ship/troubles.js'
import { cleanUp, prepare } from './ship/world.js'

const ROWS = { ...kills.ROWS, ...programs.ROWS, ...troubles.ROWS }

install(['faketime'], ['faketime'])
await prepare()
await runRows(ROWS, process.argv.slice(2), cleanUp)
