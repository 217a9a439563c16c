/**
 * What both demo servers share: the logger, and the parent process that starts and stops them.
 */
import { once } from 'node:events'
import { hushlog } from 'hushlog'

/** @param start makes a server that logs to `log`; resolves to its port and to a function that closes it */
export async function serve(service, start) {
  process.once('disconnect', () => process.exit())
  const [{ dir, hidden, databasePassword }] = await once(process, 'message')
  const log = hushlog({ service, stdout: false, storage: { dir, maxSize: '64 KB' } })
  log.hide(hidden, 'voucher')
  const { port, close } = await start(log, databaseError(databasePassword))
  process.send({ port })
  await once(process, 'message')
  await close()
  await log.close()
  process.send({ stats: log.stats() })
  process.disconnect()
}

/** What a careless program logs: everything that it gets. */
export function carelessly(req, log) {
  const { headers, query, params, body } = req
  log.info({ headers, query, params, body }, 'the whole request')
}

/** What a program says when its database is down: the driver puts the connection string into the message. */
function databaseError(password) {
  return new Error(
    `connect ECONNREFUSED postgres://shop:${encodeURIComponent(password)}@db.example:5432/shop`,
  )
}

/** A program's own secrets, in forms that no rule can know. */
export function ownSecrets(hidden) {
  const fromEnvironment = process.env.DB_PASSWORD
  return {
    plain: `tried ${fromEnvironment} and ${hidden}`,
    base64: Buffer.from(`shop:${fromEnvironment}`).toString('base64'),
    percent: encodeURIComponent(`${fromEnvironment}&${hidden}`),
  }
}
