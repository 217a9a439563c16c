/**
 * The server of the HTTP measurement: a framework alone, or with a logger that writes into DIR. Tells its port and,
 * when asked, the CPU time that it has used.
 *
 * node bench/http-server.js SERVER DIR
 */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { SERVERS } from './http-servers.js'

const [, , name, dir] = process.argv
const file = join(dir, 'requests.log')
const port = await SERVERS[name].start({ dir, file, stream: () => createWriteStream(file, { flags: 'a' }) })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send({ cpu: user + system })
})
process.on('disconnect', () => process.exit())
process.send({ port })
