/**
 * Many hosts and one bucket, against a real S3 server with versions and Object Lock, Ceph's gateway: the commands and
 * rights of docs/fleet.md, fifty hosts of their own names, and the requests that the page counts.
 * npm run test:peers -- fleet, or node test/peers/fleet.peer.js [ROW ...] for some rows; `page` names both that belong
 * together. Needs root, and the network when Debian's packages are not installed.
 */
import { beginTheEnd, ROWS } from './fleet/rows.js'
import { prepare } from './fleet/world.js'
import { runRows } from './rows.js'

await prepare()
await beginTheEnd()
await runRows(ROWS, process.argv.slice(2), async () => {})
