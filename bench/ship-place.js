/** Where is shipped to: a gateway of Ceph on loopback, with buckets that lock; and a wire that counts what goes over it. */
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { startGateway } from '../test/peers/s3/gateway.js'

const HOST = '127.0.0.1'

/** Neither a profile nor a role of the machine. */
const ALONE = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
}

/** Starts one, for children with its `env`. What is put there is gone when it is stopped. */
export async function startPlace() {
  const gateway = await startGateway()
  const env = { ...process.env, ...ALONE, ...gateway.user }
  delete env.AWS_PROFILE
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = gateway.user
  const client = new S3Client({
    ...{ endpoint: gateway.endpoint, region: 'us-east-1', forcePathStyle: true },
    ...{ credentials: { accessKeyId, secretAccessKey }, requestChecksumCalculation: 'WHEN_REQUIRED' },
  })
  let buckets = 0
  return {
    env,
    endpoint: gateway.endpoint,
    wire: () => countingWire(gateway.port),
    async bucket(ObjectLockEnabledForBucket = true) {
      const Bucket = `bench-${++buckets}`
      await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket }))
      return Bucket
    },
    async stop() {
      client.destroy()
      await gateway.stop()
    },
  }
}

/** Hands everything on to a port, and counts the bytes of both directions: heads, bodies and answers. */
async function countingWire(port) {
  const bytes = { sent: 0, received: 0 }
  const server = createServer((socket) => {
    const there = connect(port, HOST)
    socket.on('data', (chunk) => (bytes.sent += chunk.length))
    there.on('data', (chunk) => (bytes.received += chunk.length))
    const end = () => [socket, there].forEach((side) => void side.destroy())
    for (const side of [socket, there]) side.on('error', end).on('close', end)
    socket.pipe(there).pipe(socket)
  }).listen(0, HOST)
  await once(server, 'listening')
  return { bytes, endpoint: `http://${HOST}:${server.address().port}`, close: () => server.close() }
}
