import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { openS3 } from '../../lib/ship/s3/client.ts'

const EMPTY = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
const UNKNOWN = '<Error><Code>InvalidAccessKeyId</Code></Error>'

t.test('credentials that are mended in their file are taken without a new start', async (t) => {
  const asked: string[] = []
  // No S3: it knows one access key and says so. The peers do the same with a real server, which takes minutes.
  const server = createServer(({ headers }, answer) => {
    const id = headers.authorization?.split('Credential=')[1].split('/')[0] as string
    asked.push(id)
    answer.writeHead(id === 'TESTGOOD' ? 200 : 403, { 'content-type': 'application/xml' })
    answer.end(id === 'TESTGOOD' ? EMPTY : UNKNOWN)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const file = join(t.testdir(), 'credentials')
  const write = (id: string) =>
    writeFileSync(file, `[default]\naws_access_key_id = ${id}\naws_secret_access_key = none\n`)
  write('TESTBAD')
  const env = {
    ...{ AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: '/dev/null', AWS_REGION: 'us-east-1' },
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  t.intercept(process, 'env', { value: { ...process.env, ...env } })
  for (const name of ['AWS_PROFILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name]
  const api = await openS3({
    ...{ option: 'ship.s3', bucket: 'logs', prefix: '', objectLock: 'compliance', forcePathStyle: true },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })
  t.teardown(() => {
    api.close()
    server.closeAllConnections()
    server.close()
  })
  const refused = { code: 'HUSHLOG_SHIP', s3Code: 'InvalidAccessKeyId' }
  await t.rejects(api.call('ListObjectsV2', { Prefix: '' }), refused)
  await t.rejects(api.call('ListObjectsV2', { Prefix: '' }), refused)
  write('TESTGOOD')
  t.match(await api.call('ListObjectsV2', { Prefix: '' }), { IsTruncated: false })
  t.same(asked, ['TESTBAD', 'TESTBAD', 'TESTGOOD'])
})
