import t from 'tap'
import { checkOptions } from '../lib/config.ts'
import type { HushlogError } from '../lib/errors.ts'
import { placeOf, targetOf } from '../lib/ship/place.ts'
import { isLoopback, shipConfig, type TargetConfig } from '../lib/ship-config.ts'
import type { HushlogOptions, ShipOptions } from '../lib/types.ts'

function thrown(work: () => unknown): HushlogError {
  try {
    work()
  } catch (error) {
    return error as HushlogError
  }
  throw new Error('nothing was thrown')
}

const WRONG: [ship: object, message: RegExp, hint?: RegExp][] = [
  [{ S3: {} }, /option ship\.S3 is unknown/, /did you mean ship\.s3\?/],
  [{ s3: true }, /ship\.s3 takes an object, got true/],
  [{ s3: {} }, /ship\.s3\.bucket takes the name of a bucket, got nothing/],
  [{ s3: { bucket: '' } }, /ship\.s3\.bucket takes text that is not empty, got empty text/],
  [{ s3: { bucket: 'arn:aws:s3:eu-west-1:1:accesspoint/a' } }, /the name of a bucket: letters/, /its alias/],
  [{ s3: { bucket: 'b', credentials: {} } }, /ship\.s3\.credentials is not taken/, /the SDK's own chain/],
  [{ s3: { bucket: 'b', secretAccessKey: 'not-a-key-at-all' } }, /secretAccessKey is not taken/, /own chain/],
  [
    { s3: { bucket: 'b', objectLock: 'COMPLIANCE' } },
    /objectLock takes one of "compliance", "governance", false/,
  ],
  [
    { s3: { bucket: 'b', endpoint: 'http://s3.example.com' } },
    /takes an https URL, got http:\/\/s3\.example\.com/,
    /loopback/,
  ],
  [{ s3: { bucket: 'b', endpoint: 'http://127.0.0.1.example.com' } }, /takes an https URL/],
  [{ s3: { bucket: 'b', endpoint: 'https://ada:wonder@s3.example.com' } }, /a URL without them/],
  [{ s3: { bucket: 'b', endpoint: 's3.example.com' } }, /a URL like https:/],
  [{ s3: { bucket: 'b', prefix: '/logs' } }, /ship\.s3\.prefix takes text like logs\/shop/],
  [{ s3: { bucket: 'b', prefix: 'a/../b' } }, /ship\.s3\.prefix takes/],
  [{ s3: { bucket: 'b', prefix: 'with blank' } }, /printable characters/],
  [{ s3: { bucket: 'b', serverSideEncryption: 'none' } }, /"AES256", "aws:kms"/],
  [{ directory: 'backup' }, /ship\.directory takes an absolute path/],
  [{ maxConcurrency: 0 }, /ship\.maxConcurrency takes a whole number from 1 to 32, got 0/],
  [{ maxBandwidth: 'fast' }, /ship\.maxBandwidth takes a number of bytes/],
  [{ syslog: {} }, /ship\.syslog\.host takes/],
  [{ syslog: { host: 'log.example.com', tls: false } }, /tls: false is for loopback only/, /plain text/],
  [
    { syslog: { host: 'h', tls: { rejectUnauthorized: false } } },
    /rejectUnauthorized is not taken/,
    /always checked/,
  ],
  [
    { syslog: { host: 'h', port: 70_000 } },
    /ship\.syslog\.port takes a whole number from 1 to 65535, got 70000/,
  ],
  [{ syslog: { host: 'h', facility: 'local9' } }, /takes 0 to 23, or kern, user/],
  [{ syslog: { host: 'h', facility: 24 } }, /takes 0 to 23/],
  [{ syslog: { host: 'h', appName: 'my app' } }, /ship\.syslog\.appName takes 48 printable/],
  [{ transports: {} }, /ship\.transports takes an array/],
]

for (const [ship, message, hint] of WRONG)
  t.test(`refused: ${JSON.stringify(ship)}`, async (t) => {
    const error = thrown(() => checkOptions({ ship: ship as ShipOptions }))
    t.match(error, { code: 'HUSHLOG_OPTION', message, ...(hint === undefined ? {} : { hint }) })
    t.notMatch(`${error.message} ${error.hint}`, /not-a-key-at-all|wonder/)
  })

t.test('what is shipped has to be kept here first', async (t) => {
  const ship = { directory: '/backup' }
  const wrong: HushlogOptions[] = [
    { ship, storage: false },
    { ship, storage: { keeper: 'external' } },
  ]
  for (const options of wrong)
    t.match(
      thrown(() => checkOptions(options)),
      { code: 'HUSHLOG_OPTION', message: /ship\.directory does nothing with/ },
    )
  t.ok(checkOptions({ ship: { syslog: { host: 'h' } }, storage: false }), 'lines may go out all the same')
  t.equal(checkOptions({}).ship, undefined)
})

t.test('what is not given has its default', async (t) => {
  t.match(shipConfig({ s3: { bucket: 'b', prefix: 'shop' }, directory: '/backup/', syslog: { host: 'h' } }), {
    targets: [
      {
        kind: 's3',
        option: 'ship.s3',
        bucket: 'b',
        prefix: 'shop/',
        objectLock: 'compliance',
        forcePathStyle: false,
      },
      { kind: 'directory', option: 'ship.directory', path: '/backup' },
    ],
    maxConcurrency: 2,
    maxBandwidth: undefined,
    syslog: { port: 6514, tls: {}, facility: 16, maxWaiting: 4 * 1024 * 1024 },
    transports: [],
  })
  t.match(shipConfig({ syslog: { host: '127.0.0.1', tls: false, facility: 'auth' } }).syslog, {
    port: 601,
    facility: 4,
  })
  t.match(shipConfig({ s3: { bucket: 'b', endpoint: 'http://[::1]:9000' } }).targets, [
    { forcePathStyle: true },
  ])
})

t.test('loopback is what the text says, and nothing that only looks like it', async (t) => {
  for (const host of ['localhost', '127.0.0.1', '127.255.255.254', '::1', '[::1]'])
    t.equal(isLoopback(host), true, host)
  for (const host of [
    '127.0.0.1.example.com',
    '127.0.0',
    '127.0.0.256',
    '127.0.0.01',
    'localhost.example',
    '::2',
    '',
  ])
    t.equal(isLoopback(host), false, host)
})

t.test('a target has one text, in the ledger and after --to', async (t) => {
  for (const text of [
    's3://bucket/',
    's3://bucket/logs/shop/',
    's3://b/p/?endpoint=https://s3.example.com:9000',
    'file:///mnt/back%20up/',
  ])
    t.equal(placeOf(targetOf(text, '--to')), text)
  t.match(targetOf('s3://b/p?region=eu-west-1&object-lock=governance&force-path-style=false', '--to'), {
    prefix: 'p/',
    region: 'eu-west-1',
    objectLock: 'governance',
    forcePathStyle: false,
  })
  t.match(targetOf('/mnt/backup', '--to'), { kind: 'directory', path: '/mnt/backup' } as TargetConfig)
  for (const [text, message] of [
    ['s3:bucket', /--to takes s3:\/\/BUCKET\/PREFIX/],
    ['s3://', /--to takes s3:\/\/BUCKET\/PREFIX/],
    ['s3://ada:not-a-key-at-all@b/p', /--to\.bucket takes the name of a bucket: letters/],
    ['s3://b/?secretAccessKey=not-a-key-at-all', /--to takes after the \? endpoint, region/],
    ['s3://b/?force-path-style=yes', /--to\.forcePathStyle takes true or false/],
    ['s3://b/?object-lock=none', /--to\.objectLock takes/],
    ['https://s3.example.com/b', /--to takes s3:/],
    ['file://host/share', /--to takes a file URL/],
  ] as const) {
    const error = thrown(() => targetOf(text, '--to'))
    t.match(error, { code: 'HUSHLOG_OPTION', message }, text)
    t.notMatch(error.message, /not-a-key/)
  }
})
