/** Rows about the check of a bucket: each thing that can be wrong with it, its server, the way there and the rights. */

import { makeCertificate, startStandIn, startTlsFront } from './fronts.js'
import { freePort } from './gateway.js'
import {
  child,
  configOf,
  failureOf,
  LOCKED,
  makeBucket,
  openTarget,
  PLAIN,
  useCredentials,
  world,
} from './world.js'

/** What a server's own words would look like; none of them may come through. */
const SERVERS_WORDS = 'words-of-the-server'

const xmlOf = (code) =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${SERVERS_WORDS}</Message></Error>`
const HTML = `<!doctype html><html><head><title>${SERVERS_WORDS}</title></head><body><p>hello<br></body></html>`

const checkOf = async (options) => failureOf((await openTarget(options)).check(90))

async function with_(credentials, options) {
  useCredentials(credentials)
  try {
    return await checkOf(options)
  } finally {
    useCredentials(world.gateway.user)
  }
}

async function behind(status, body, options) {
  return checkOf({ endpoint: await startStandIn(status, body), ...options })
}

async function overTls(name, subject, { isTrusted = false, prefix } = {}) {
  const certificate = makeCertificate(name, subject, prefix)
  const endpoint = await startTlsFront(world.gateway, certificate)
  const env = isTrusted ? { NODE_EXTRA_CA_CERTS: certificate.cert } : {}
  const { failure } = await child({ verb: 'check', config: configOf({ endpoint }) }, { env })
  return failure ?? { message: 'went through' }
}

/** Each: what is done, what it says, what its hint holds, and whether another try is of use. */
const FAILURES = {
  'a bucket that is not there': {
    run: () => checkOf({ bucket: 'nowhere' }),
    says: 'there is no such bucket (NoSuchBucket)',
    hint: 'create-bucket',
  },
  'a bucket without versions and lock': {
    run: () => checkOf({ bucket: PLAIN }),
    says: 'the bucket has neither versions nor Object Lock',
    hint: '--object-lock-enabled-for-bucket',
  },
  'a bucket with versions, without lock': {
    async run() {
      await makeBucket('versioned', { versioning: 'Enabled' })
      return checkOf({ bucket: 'versioned' })
    },
    says: 'the bucket has no Object Lock',
    hint: 'objectLock: false',
  },
  'a bucket whose versions are suspended': {
    async run() {
      await makeBucket('suspended', { versioning: 'Enabled' })
      await makeBucket('suspended', { versioning: 'Suspended' })
      return checkOf({ bucket: 'suspended' })
    },
    says: 'versioning is suspended',
    hint: 'put-bucket-versioning',
  },
  'a bucket that locks for too short a time by default': {
    async run() {
      await makeBucket('short', { lock: true, days: 30 })
      return checkOf({ bucket: 'short' })
    },
    says: 'by default the bucket locks for 30 days, and logs are kept for 90',
    hint: 'put-object-lock-configuration',
  },
  'a key that the server does not know': {
    run: () => with_({ AWS_ACCESS_KEY_ID: 'TESTNOBODY', AWS_SECRET_ACCESS_KEY: 'nothing' }),
    says: 'the server does not know the access key (InvalidAccessKeyId)',
    hint: 'which credentials',
  },
  'a wrong secret': {
    run: () => with_({ ...world.stranger, AWS_SECRET_ACCESS_KEY: 'nothing' }),
    says: 'the secret key does not belong to the access key (SignatureDoesNotMatch)',
    hint: 'AWS_SECRET_ACCESS_KEY',
  },
  'no credentials at all': {
    run: () => with_(undefined),
    says: 'there are no credentials (CredentialsProviderError)',
    hint: 'AWS_ACCESS_KEY_ID',
  },
  'a user without rights': {
    run: () => with_(world.stranger),
    says: 'GetBucketVersioning is not allowed (AccessDenied)',
    hint: 'grant s3:GetBucketVersioning',
  },
  'a user without rights, where nothing is locked': {
    run: () => with_(world.stranger, { objectLock: false }),
    says: 'ListObjectsV2 is not allowed (AccessDenied)',
    hint: 'grant s3:ListBucket',
  },
  'a clock that is 20 minutes late': {
    async run() {
      const { failure } = await child(
        { verb: 'check', config: configOf() },
        { prefix: ['faketime', '-f', '-20m'] },
      )
      return failure ?? { message: 'went through' }
    },
    says: 'the clock of this host or of the server is wrong (RequestTimeTooSkewed)',
    hint: 'NTP',
    isPassing: true,
  },
  'a certificate that nobody trusts': {
    run: () => overTls('self-signed', 'IP:127.0.0.1'),
    says: "the server's certificate comes from an authority that this host does not trust (DEPTH_ZERO_SELF_SIGNED_CERT)",
    hint: 'NODE_EXTRA_CA_CERTS',
  },
  'a certificate for another name': {
    run: () => overTls('other-name', 'DNS:other.example', { isTrusted: true }),
    says: "the server's certificate is for another name (ERR_TLS_CERT_ALTNAME_INVALID)",
    hint: 'forcePathStyle',
  },
  'a certificate that has expired': {
    run: () =>
      overTls('expired', 'IP:127.0.0.1', { isTrusted: true, prefix: ['faketime', '2020-01-01 00:00:00'] }),
    says: "the server's certificate is not valid now (CERT_HAS_EXPIRED)",
    hint: 'renew',
  },
  'a server without TLS': {
    run: () => checkOf({ endpoint: world.gateway.endpoint.replace('http:', 'https:') }),
    says: 'the server speaks no TLS that we know',
    hint: 'port',
  },
  'a name that is not known': {
    run: () => checkOf({ endpoint: 'https://nowhere.invalid' }),
    says: 'the name of the server is not known',
    hint: 'name resolution',
    isPassing: true,
  },
  'a port where nobody listens': {
    run: async () => checkOf({ endpoint: `http://127.0.0.1:${await freePort()}` }),
    says: 'nobody listens there (ECONNREFUSED)',
    hint: 'port',
    isPassing: true,
  },
  'a web server, where there is a lock': {
    run: () => behind(200, HTML),
    says: 'what answers there does not speak S3',
    hint: 'endpoint',
  },
  'a web server, where nothing is locked': {
    run: () => behind(200, HTML, { objectLock: false }),
    says: 'what answers there does not speak S3',
    hint: 'endpoint',
  },
  'a web server that knows no such page': {
    run: () => behind(404, HTML),
    says: 'what answers there does not speak S3',
    hint: 'endpoint',
  },
  'a server that is too busy (a stand-in)': {
    run: () => behind(503, xmlOf('SlowDown')),
    says: 'the server is too busy (SlowDown)',
    isPassing: true,
  },
  'a proxy whose server is down (a stand-in)': {
    run: () => behind(502, HTML),
    says: 'the server has failed (GetBucketVersioning, status 502)',
    isPassing: true,
  },
  'another region (a stand-in: Ceph takes any)': {
    run: () => behind(301, xmlOf('PermanentRedirect')),
    says: 'the bucket is in another region (PermanentRedirect)',
    hint: 'AWS_REGION',
  },
  'a token that has expired (a stand-in)': {
    run: () => behind(400, xmlOf('ExpiredToken')),
    says: 'the session token has expired or is none (ExpiredToken)',
    hint: 'AWS_SESSION_TOKEN',
  },
  'a code that nobody knows (a stand-in)': {
    run: () => behind(400, xmlOf(SERVERS_WORDS)),
    says: 'the server does not take the request (GetBucketVersioning, status 400)',
    hint: 'options of the target',
  },
}

async function failures() {
  const problems = []
  for (const [name, { run, says, hint = '', isPassing = false }] of Object.entries(FAILURES)) {
    const failure = await run()
    const { code, scope, isPermanent, message } = failure
    const told = `${message} ${failure.hint ?? ''} ${JSON.stringify(failure)}`
    const isTold = message.startsWith('s3://') && message.includes(`: ${says}`)
    if (!isTold || (hint !== '' && !failure.hint?.includes(hint)))
      problems.push(`${name}: ${message}; ${failure.hint}`)
    if (code !== 'HUSHLOG_SHIP' || scope !== 'target' || isPermanent === isPassing)
      problems.push(`${name}: ${code}, scope ${scope}, permanent ${isPermanent}`)
    const secrets = [world.gateway.user, world.stranger].flatMap((user) => Object.values(user))
    for (const secret of [...secrets, SERVERS_WORDS, 'TESTNOBODY'])
      if (told.includes(secret)) problems.push(`${name}: it tells ${secret}`)
  }
  return { numbers: `${Object.keys(FAILURES).length} kinds`, problems }
}

async function fits() {
  await makeBucket('longer', { lock: true, days: 400 })
  const { cert, key } = makeCertificate('good', 'IP:127.0.0.1')
  const endpoint = await startTlsFront(world.gateway, { cert, key })
  const tls = await child(
    { verb: 'check', config: configOf({ endpoint }) },
    { env: { NODE_EXTRA_CA_CERTS: cert } },
  )
  const problems = tls.failure === undefined ? [] : [`over TLS: ${tls.failure.message}`]
  if (tls.stderr !== '') problems.push(`on standard error: ${tls.stderr}`)
  for (const options of [
    { bucket: LOCKED },
    { bucket: 'longer' },
    { bucket: PLAIN, objectLock: false },
    { region: 'eu-central-1' },
  ]) {
    const { message } = await checkOf(options)
    if (message !== 'went through: undefined') problems.push(`${JSON.stringify(options)}: ${message}`)
  }
  return { numbers: '5 ways', problems }
}

export const ROWS = {
  'a bucket that can keep passes, with a longer default and over TLS too, and nothing is printed': fits,
  'what cannot work is told in our words, with a hint': failures,
}
