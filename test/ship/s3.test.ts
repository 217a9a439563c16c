/**
 * What needs no S3 server, and what no real one does: a stand-in here takes whatever it is given and answers wrongly
 * afterwards, as servers do that know nothing of locks. The rest is in test/peers/s3.peer.js, against Ceph.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import t, { type Test } from 'tap'
import { HushlogError } from '../../lib/errors.ts'
import type { ShipFailure } from '../../lib/ship/failure.ts'
import { S3_ERRORS, s3Failure } from '../../lib/ship/s3/errors.ts'
import { S3Target } from '../../lib/ship/s3/target.ts'
import type { ShipObject } from '../../lib/ship/target.ts'
import type { S3Config } from '../../lib/ship-config.ts'
import { folder } from '../helpers.ts'

const DAY = 86_400_000
const CONTENT = Buffer.from('what was sealed')

/** Neither a profile nor a role of the machine. */
const { AWS_PROFILE: _, AWS_REGION: __, ...env } = process.env
process.env = Object.assign(env, {
  AWS_ACCESS_KEY_ID: 'TESTNOBODY',
  AWS_SECRET_ACCESS_KEY: 'nothing',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
})

function hashed(algorithm: string, encoding: 'hex' | 'base64', content: Buffer = CONTENT): string {
  return createHash(algorithm).update(content).digest(encoding)
}

function objectOf(more: Partial<ShipObject> = {}): ShipObject {
  return {
    key: 'service=shop/a.log.gz',
    sha256: hashed('sha256', 'hex'),
    md5: hashed('md5', 'hex'),
    bytes: CONTENT.length,
    type: 'application/gzip',
    lockUntil: Date.parse('2100-01-02T03:04:05.678Z'),
    open: () => Readable.from([CONTENT]),
    ...more,
  }
}

function configOf(endpoint: string, more: Partial<S3Config> = {}): S3Config {
  const place = { bucket: 'logs', prefix: 'web/', endpoint, forcePathStyle: true }
  return { option: 'ship.s3', ...place, objectLock: 'compliance', ...more }
}

interface Request {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
}

/** @param faults headers that HEAD answers with in the place of the true ones; null leaves one out */
async function standIn(
  t: Test,
  faults: Record<string, string | null> = {},
  content?: Buffer,
): Promise<{ endpoint: string; requests: Request[] }> {
  const requests: Request[] = []
  const server = createServer(async (req, res) => {
    const { method = '', url = '', headers } = req
    const body = Buffer.concat(await req.toArray())
    requests.push({ method, url, headers, body })
    const sent = requests.find(({ method }) => method === 'PUT')
    if (method === 'GET') return res.end(content ?? sent?.body)
    const answer: Record<string, string | number | null> = {
      etag: `"${hashed('md5', 'hex')}"`,
      'x-amz-version-id': 'one',
    }
    if (method === 'HEAD') {
      for (const name of ['mode', 'retain-until-date'])
        answer[`x-amz-object-lock-${name}`] = String(sent?.headers[`x-amz-object-lock-${name}`] ?? '')
      answer['content-length'] = CONTENT.length
    }
    for (const [name, value] of Object.entries({ ...answer, ...faults })) {
      const isOfHead = name.startsWith('x-amz-object-lock') || name === 'content-length'
      if (value !== null && value !== '' && (method === 'HEAD' || !isOfHead)) res.setHeader(name, value)
    }
    res.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

async function opened(t: Test, config: S3Config): Promise<S3Target> {
  const target = await S3Target.open(config)
  t.teardown(() => target.close())
  return target
}

t.test(
  'an object goes out in one request that carries its sums, its lock and what the options say',
  async (t) => {
    const { endpoint, requests } = await standIn(t)
    const options = {
      serverSideEncryption: 'aws:kms',
      kmsKeyId: 'key-1',
      storageClass: 'STANDARD_IA',
    } as const
    const target = await opened(t, configOf(endpoint, options))
    t.strictSame(await target.put(objectOf()), { version: 'one', until: '2100-01-02T03:04:06.000Z' })
    t.strictSame(
      requests.map(({ method }) => method),
      ['PUT', 'HEAD'],
    )
    const [put, head] = requests
    t.equal(put.url.split('?')[0], '/logs/web/service%3Dshop/a.log.gz')
    t.strictSame(put.body, CONTENT)
    t.match(put.headers, {
      'content-length': String(CONTENT.length),
      'content-type': 'application/gzip',
      'content-md5': hashed('md5', 'base64'),
      'x-amz-checksum-sha256': hashed('sha256', 'base64'),
      'x-amz-content-sha256': hashed('sha256', 'hex'),
      'x-amz-meta-sha256': hashed('sha256', 'hex'),
      'x-amz-object-lock-mode': 'COMPLIANCE',
      'x-amz-object-lock-retain-until-date': '2100-01-02T03:04:06Z',
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
      'x-amz-storage-class': 'STANDARD_IA',
    })
    t.equal(put.headers['transfer-encoding'], undefined)
    t.match(put.headers.authorization, '/us-east-1/s3/aws4_request')
    for (const name of [
      'content-md5',
      'x-amz-checksum-sha256',
      'x-amz-content-sha256',
      'x-amz-object-lock-mode',
    ])
      t.match(put.headers.authorization, name, `${name} is signed`)
    t.match(head.url, 'versionId=one')
  },
)

t.test('without a lock none is asked for, and none is expected', async (t) => {
  const { endpoint, requests } = await standIn(t, { 'x-amz-version-id': null })
  const target = await opened(t, configOf(endpoint, { objectLock: false }))
  t.strictSame(await target.put(objectOf()), {})
  t.strictSame(
    Object.keys(requests[0].headers).filter((name) => name.includes('lock')),
    [],
  )
  t.strictSame(await target.find(objectOf()), {})
})

t.test('a lock that has passed or ends within a day is asked for a day', async (t) => {
  for (const lockUntil of [0, Date.now() + DAY / 2]) {
    const { endpoint } = await standIn(t)
    const target = await opened(t, configOf(endpoint, { objectLock: 'governance' }))
    const from = Date.now()
    const { until } = await target.put(objectOf({ lockUntil }))
    t.ok(Date.parse(until!) >= from + DAY)
    t.ok(Date.parse(until!) <= Date.now() + DAY + 1000)
  }
})

const OTHER = Buffer.from('what was forged')

interface Fault {
  faults: Record<string, string | null>
  content?: Buffer
  scope: 'target' | 'object'
  says: string
}

const DATE = 'x-amz-object-lock-retain-until-date'

const FAULTS: Record<string, Fault> = {
  'takes the lock and shows none': {
    faults: { 'x-amz-object-lock-mode': null, [DATE]: null },
    scope: 'target',
    says: 'was taken with its lock, and the server shows none',
  },
  'shows a lock that is easily lifted': {
    faults: { 'x-amz-object-lock-mode': 'GOVERNANCE' },
    scope: 'target',
    says: 'is not locked in mode compliance',
  },
  'locks for a second less': {
    faults: { [DATE]: '2100-01-02T03:04:05Z' },
    scope: 'target',
    says: 'is locked for a shorter time than was asked for',
  },
  'makes no version': {
    faults: { 'x-amz-version-id': null },
    scope: 'target',
    says: 'was taken without a version',
  },
  'has another length': {
    faults: { 'content-length': '14' },
    scope: 'object',
    says: 'has 14 bytes where 15 were sent',
  },
  'has another SHA-256, whatever its ETag says': {
    faults: { 'x-amz-checksum-sha256': hashed('sha256', 'base64', OTHER) },
    scope: 'object',
    says: 'has another content than was sent',
  },
  'knows neither sum, and gives back another content': {
    faults: { etag: '"of-parts-2"', 'x-amz-checksum-sha256': 'of-parts-2' },
    content: OTHER,
    scope: 'object',
    says: 'has another content than was sent',
  },
}

for (const [name, { faults, content, scope, says }] of Object.entries(FAULTS)) {
  t.test(`nothing counts as stored by a server that answers 200 and ${name}`, async (t) => {
    const { endpoint } = await standIn(t, faults, content)
    const target = await opened(t, configOf(endpoint))
    const failure: ShipFailure = await target.put(objectOf()).then(
      () => t.fail('it was stored'),
      (error) => error,
    )
    t.match(failure, { code: 'HUSHLOG_SHIP', scope, isPermanent: scope === 'target' })
    t.equal(failure.message, `${target.place}: service=shop/a.log.gz ${says}`)
    if (name !== 'makes no version') t.equal(await target.find(objectOf()), undefined)
  })
}

t.test('what a server knows no sum of is read to its end', async (t) => {
  const { endpoint, requests } = await standIn(t, { etag: null })
  const target = await opened(t, configOf(endpoint))
  t.match(await target.put(objectOf()), { version: 'one' })
  t.strictSame(
    requests.map(({ method }) => method),
    ['PUT', 'HEAD', 'GET'],
  )
})

t.test("the region is the option's, else the SDK's own, else one that any other server takes", async (t) => {
  t.teardown(() => delete process.env.AWS_REGION)
  const CASES = [
    { option: 'eu-west-1', own: 'eu-west-2', region: 'eu-west-1' },
    { option: undefined, own: 'eu-west-2', region: 'eu-west-2' },
    { option: undefined, own: undefined, region: 'us-east-1' },
  ]
  for (const { option, own, region } of CASES) {
    if (own === undefined) delete process.env.AWS_REGION
    else process.env.AWS_REGION = own
    const { endpoint, requests } = await standIn(t)
    const target = await opened(t, configOf(endpoint, option === undefined ? {} : { region: option }))
    await target.put(objectOf())
    t.match(requests[0].headers.authorization, `/${region}/s3/aws4_request`)
  }
  const { endpoint: _, ...atAws } = configOf('')
  await t.rejects(S3Target.open(atAws as S3Config), {
    code: 'HUSHLOG_OPTION',
    message: 'option ship.s3 has no region',
    hint: 'give it in ship.s3.region, AWS_REGION or the profile',
  })
})

t.test('opening a target prints nothing and leaves the environment as it was', async (t) => {
  const before = { ...process.env }
  const warnings: Error[] = []
  const listen = (warning: Error) => warnings.push(warning)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  await opened(t, configOf('http://127.0.0.1:1'))
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(warnings, [])
  t.strictSame({ ...process.env }, before)
})

t.test(
  'each code and each status has one row, and each row that no retry can mend says what can',
  async (t) => {
    const codes = S3_ERRORS.flatMap(({ codes }) => codes)
    const statuses = S3_ERRORS.flatMap(({ statuses = [] }) => statuses)
    t.equal(new Set(codes).size, codes.length)
    t.equal(new Set(statuses).size, statuses.length)
    for (const { words, hint = '', isPermanent, scope } of S3_ERRORS) {
      t.not(words.at(-1), '.', words)
      t.ok(!isPermanent || scope === 'object' || hint !== '' || words === 'is not allowed', words)
    }
  },
)

const WORDS = 'the words of a server'
const coded = (more: object) => Object.assign(new Error(WORDS), more)
const answered = (name: string, httpStatusCode: number) => coded({ name, $metadata: { httpStatusCode } })

const FAILURES: { error: unknown; key?: string; scope: string; isPermanent: boolean; says: string }[] = [
  {
    error: answered('NoSuchBucket', 404),
    key: 'k',
    scope: 'target',
    isPermanent: true,
    says: 'there is no such bucket (NoSuchBucket)',
  },
  {
    error: answered('NoSuchKey', 404),
    key: 'k',
    scope: 'object',
    isPermanent: true,
    says: 'k is not there (NoSuchKey)',
  },
  {
    error: answered('NotFound', 404),
    scope: 'target',
    isPermanent: true,
    says: 'what answers there does not speak S3 (NotFound)',
  },
  {
    error: answered('Forbidden-by-us', 403),
    key: 'k',
    scope: 'target',
    isPermanent: true,
    says: 'PutObject is not allowed (PutObject, status 403)',
  },
  {
    error: answered('BadDigest', 400),
    key: 'k',
    scope: 'object',
    isPermanent: false,
    says: 'k: what arrived is not what was sent (BadDigest)',
  },
  {
    error: answered('AuthorizationHeaderMalformed', 400),
    key: 'k',
    scope: 'target',
    isPermanent: true,
    says: 'the bucket is in another region (AuthorizationHeaderMalformed)',
  },
  {
    error: answered('RequestTimeTooSkewed', 403),
    scope: 'target',
    isPermanent: false,
    says: 'the clock of this host or of the server is wrong (RequestTimeTooSkewed)',
  },
  {
    error: answered(WORDS, 418),
    scope: 'target',
    isPermanent: true,
    says: 'what answers there does not speak S3 (PutObject, status 418)',
  },
  {
    error: coded({ $response: { statusCode: 502 } }),
    scope: 'target',
    isPermanent: false,
    says: 'the server has failed (PutObject, status 502)',
  },
  {
    error: coded({ code: 'ETIMEDOUT' }),
    scope: 'target',
    isPermanent: false,
    says: 'the server does not answer (ETIMEDOUT)',
  },
  {
    error: coded({ name: 'TimeoutError' }),
    scope: 'target',
    isPermanent: false,
    says: 'the server does not answer (TimeoutError)',
  },
  {
    error: coded({ code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
    scope: 'target',
    isPermanent: true,
    says: "the server's certificate comes from an authority that this host does not trust (SELF_SIGNED_CERT_IN_CHAIN)",
  },
  {
    error: coded({ cause: new AggregateError([coded({ code: 'ECONNREFUSED' })]) }),
    scope: 'target',
    isPermanent: false,
    says: 'nobody listens there (ECONNREFUSED)',
  },
  { error: coded({}), scope: 'target', isPermanent: false, says: 'the request has failed (PutObject)' },
  { error: undefined, scope: 'target', isPermanent: false, says: 'the request has failed (PutObject)' },
]

for (const { error, key, says, ...rest } of FAILURES) {
  t.test(`what went wrong is told in our words: ${says}`, async (t) => {
    const failure = s3Failure(error, { place: 's3://logs/', call: 'PutObject', key })
    t.equal(failure.message, `s3://logs/: ${says}`)
    t.match(failure, { code: 'HUSHLOG_SHIP', ...rest })
    t.notMatch(JSON.stringify([failure, failure.message, failure.hint, failure.cause]), WORDS)
  })
}

t.test('who has not the right learns which one to ask for', async (t) => {
  const denied = (call: 'PutObject' | 'ListObjectsV2') =>
    s3Failure(answered('AccessDenied', 403), { place: 's3://logs/', call }).hint
  t.equal(denied('ListObjectsV2'), 'grant s3:ListBucket')
  t.match(denied('PutObject'), 's3:PutObjectRetention')
})

const PROGRAM = `
import { openTarget } from './dist/open-target.js'
const config = ${JSON.stringify({ kind: 's3', ...configOf('http://127.0.0.1:1') })}
openTarget(config).then(
  ({ place }) => console.log(JSON.stringify({ place })),
  ({ code, message, hint }) => console.log(JSON.stringify({ code, message, hint })),
)`

const REQUIRE = "import { createRequire } from 'module'; const require = createRequire(import.meta.url);"

const FORMATS = {
  mjs: { format: 'esm', banner: { js: REQUIRE } },
  cjs: { format: 'cjs' },
} as const

t.test(
  'a program with the SDK or without it can be bundled, and says what is missing when it runs',
  async (t) => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const dir = folder(t)
    cpSync(join(root, 'lib'), join(dir, 'lib'), { recursive: true })
    const common = { bundle: true, platform: 'node', target: 'node20', logLevel: 'silent' } as const
    // As the package is made, then as its user bundles it.
    const ours = { outdir: join(dir, 'dist'), packages: 'external', format: 'esm' } as const
    await build({ ...common, ...ours, entryPoints: [join(dir, 'lib/ship/open-target.ts')] })
    writeFileSync(join(dir, 'program.js'), PROGRAM)
    mkdirSync(join(dir, 'away'))
    for (const [extension, format] of Object.entries(FORMATS)) {
      for (const nodePaths of [[], [join(root, 'node_modules')]]) {
        const outfile = join(dir, 'away', `${nodePaths.length}.${extension}`)
        const entryPoints = [join(dir, 'program.js')]
        const { warnings } = await build({ ...common, ...format, nodePaths, outfile, entryPoints })
        t.strictSame(warnings, [])
        const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile], {
          env: { ...process.env, NODE_OPTIONS: '' },
        })
        t.equal(stderr, '')
        t.strictSame(
          JSON.parse(stdout),
          nodePaths.length > 0
            ? { place: 's3://logs/web/?endpoint=http://127.0.0.1:1' }
            : {
                code: 'HUSHLOG_UNAVAILABLE',
                message: 'option ship.s3: the package @aws-sdk/client-s3 is not installed',
                hint: 'npm install @aws-sdk/client-s3',
              },
        )
      }
    }
  },
)

t.test('errors of shipping are errors of hushlog', async (t) => {
  t.ok(s3Failure(undefined, { place: 's3://logs/', call: 'PutObject' }) instanceof HushlogError)
})

t.test('an endpoint of the environment or of a profile is https too, or on loopback', async (t) => {
  const plain = {
    option: '--to',
    bucket: 'logs',
    prefix: '',
    region: 'us-east-1',
    objectLock: false,
  } as const
  const config = join(folder(t), 'config')
  // An address of documentation (RFC 5737): nobody answers there.
  writeFileSync(config, '[default]\nendpoint_url = http://192.0.2.1:9000\n')
  const refused = { scope: 'target', isPermanent: true, message: 's3://logs/: its endpoint is not https' }
  for (const [name, value] of [
    ['AWS_ENDPOINT_URL', 'http://192.0.2.1:9000'],
    ['AWS_ENDPOINT_URL_S3', 'http://192.0.2.1:9000'],
    ['AWS_CONFIG_FILE', config],
  ]) {
    const before = process.env[name]
    process.env[name] = value
    const target = await S3Target.open({ ...plain, forcePathStyle: true })
    await t.rejects(target.check(90), refused, name)
    target.close()
    if (before === undefined) delete process.env[name]
    else process.env[name] = before
  }
  const { endpoint } = await standIn(t)
  process.env.AWS_ENDPOINT_URL_S3 = endpoint
  t.teardown(() => delete process.env.AWS_ENDPOINT_URL_S3)
  const target = await S3Target.open({ ...plain, forcePathStyle: true })
  await t.resolves(target.put(objectOf()))
  target.close()
})
