/**
 * Sends the sealed segments of a directory, either as hushlog ships them or with the SDK's bare PutObject; prints the
 * seconds that it took.
 *
 * node bench/ship-throughput.js JSON
 */
import { createReadStream } from 'node:fs'
import { basename, join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { concurrently } from '../build/ship/concurrently.js'
import { Shipper } from '../build/ship/shipper.js'
import { shipConfig } from '../build/ship-config.js'

const { sender, dir, files, bucket, endpoint, concurrency } = JSON.parse(process.argv[2])

const SENDERS = {
  /** All that it does: looked at, sent, read back, entered into the ledger, and the ledger itself sent. */
  async hushlog() {
    const errors = []
    const { targets } = shipConfig({ s3: { bucket, endpoint } })
    const onError = ({ message }) => errors.push(message)
    const limits = { keepDays: 90, maxConcurrency: concurrency, maxBandwidth: undefined }
    const shipper = new Shipper({ dir, targets, ...limits, onError })
    const isDone = await shipper.once()
    await shipper.close()
    if (!isDone) throw new Error(errors.join('; '))
  },

  /** The least that it can do: a stream that it does not hash. */
  async bare() {
    const client = new S3Client({
      ...{ endpoint, forcePathStyle: true, requestChecksumCalculation: 'WHEN_REQUIRED' },
    })
    await concurrently(files, concurrency, async ({ path, bytes }) => {
      const Body = createReadStream(join(dir, path))
      const input = { Bucket: bucket, Key: basename(path), Body, ContentLength: bytes }
      await client.send(new PutObjectCommand(input))
    })
    client.destroy()
  },
}

const start = performance.now()
const before = process.cpuUsage()
await SENDERS[sender]()
const { user, system } = process.cpuUsage(before)
process.stdout.write(
  JSON.stringify({ seconds: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 }),
)
process.exit()
