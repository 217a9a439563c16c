/**
 * Shipping to S3 against a real server with versions and Object Lock, Ceph's gateway: one row for each promise.
 * npm run test:peers -- s3, or node test/peers/s3.peer.js [ROW ...] for some rows. Needs root and the network when
 * Debian's packages are not installed, and fails without.
 */
import { runRows } from './rows.js'
import * as checks from './s3/checks.js'
import { closeFronts } from './s3/fronts.js'
import { install } from './s3/gateway.js'
import * as objects from './s3/rows.js'
import { prepare } from './s3/world.js'

install(['faketime', 'openssl'], ['faketime', 'openssl'])
await prepare()
await runRows({ ...checks.ROWS, ...objects.ROWS }, process.argv.slice(2), async () => closeFronts())
