/**
 * docs/fleet.md against the code: the rights of its policies are those that our calls need and no others, its life-cycle
 * rule and its queries meet the keys that we make. What real servers make of them: test/peers/fleet.peer.js.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { ledgerFolder, ledgerPartKey, segmentKey } from '../lib/ship/keys.ts'
import type { S3CallName } from '../lib/ship/s3/calls.ts'
import { RIGHTS } from '../lib/ship/s3/errors.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(`${root}docs/fleet.md`, 'utf8')

function blocks(language: string): string[] {
  const parts = page.split(`\n\`\`\`${language}\n`).slice(1)
  return parts.map((part) => part.slice(0, part.indexOf('\n```')))
}

interface Statement {
  Sid: string
  Effect: 'Allow' | 'Deny'
  Action: string | string[]
  Resource: string | string[]
}

interface Policy {
  Version: string
  Statement: Statement[]
}

interface LifeCycle {
  Rules: {
    ID: string
    Status: string
    Filter: { Prefix: string }
    Expiration: { Days?: number; ExpiredObjectDeleteMarker?: boolean }
    NoncurrentVersionExpiration?: { NoncurrentDays: number }
  }[]
}

const documents = blocks('json').map((block): Policy | LifeCycle => JSON.parse(block))
const policies = documents.filter((document): document is Policy => 'Statement' in document)
const lifeCycles = documents.filter((document): document is LifeCycle => 'Rules' in document)

function policyWith(sid: string): Policy {
  const found = policies.filter(({ Statement }) => Statement.some(({ Sid }) => Sid === sid))
  if (found.length !== 1) throw new Error(`${found.length} policies of docs/fleet.md have a statement ${sid}`)
  return found[0]
}

function actionsOf({ Statement }: Policy): string[] {
  return Statement.flatMap(({ Action }) => Action).sort()
}

const writer = policyWith('Ship')
const auditor = policyWith('ListLogs')
const keys = policyWith('EncryptAtRest')
const guard = policyWith('OnlyTls')

/** Who runs what stands in the files of lib/ship that call a server; without a lock the bucket is looked at otherwise. */
const CALLERS: Record<string, ('writer' | 'auditor')[]> = {
  's3/check.ts': ['writer'],
  's3/put.ts': ['writer'],
  's3/read-back.ts': ['writer', 'auditor'],
  's3/versions.ts': ['auditor'],
  's3/target.ts': ['auditor'],
  // For who has made the bucket: it is to be refused most of what it tries.
  's3/probe.ts': [],
}
const WITHOUT_LOCK: Record<string, S3CallName[]> = { 's3/check.ts': ['ListObjectsV2'] }

/** The calls in each file that makes any. */
function callsByFile(): Map<string, S3CallName[]> {
  const folder = `${root}lib/ship/`
  const calls = new Map<string, S3CallName[]>()
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue
    const source = readFileSync(folder + file, 'utf8')
    const names = [...source.matchAll(/\.call\(\s*'(\w+)'/g)].map(([, name]) => name as S3CallName)
    if (names.length > 0) calls.set(file, names)
  }
  return calls
}

function rightsNeeded(who: 'writer' | 'auditor', service: string): string[] {
  const names = [...callsByFile()].flatMap(([file, calls]) =>
    CALLERS[file]?.includes(who) ? calls.filter((call) => !WITHOUT_LOCK[file]?.includes(call)) : [],
  )
  const rights = names.flatMap((name) => RIGHTS[name].match(/\w+:\w+/g) ?? [])
  return [...new Set(rights)].filter((right) => right.startsWith(`${service}:`)).sort()
}

t.test('each file that calls a server is known, and no call is made in another way', async (t) => {
  const calls = callsByFile()
  t.same([...calls.keys()].sort(), Object.keys(CALLERS).sort())
  const found = new Set([...calls.values()].flat())
  t.same([...found].sort(), Object.keys(RIGHTS).sort())
})

t.test('the policies hold the rights that our calls need, and no others', async (t) => {
  t.same(actionsOf(writer), rightsNeeded('writer', 's3'))
  t.same(actionsOf(auditor), rightsNeeded('auditor', 's3'))
  t.same(actionsOf(keys), rightsNeeded('writer', 'kms'))
})

t.test(
  'whoever ships cannot delete, pass a lock by or give rights; whoever reads cannot write',
  async (t) => {
    for (const policy of [writer, auditor, keys, guard]) t.equal(policy.Version, '2012-10-17')
    for (const { Effect, Action, Resource } of [writer, auditor, keys].flatMap(
      ({ Statement }) => Statement,
    )) {
      t.equal(Effect, 'Allow')
      for (const action of [Action].flat()) t.notMatch(action, /delete|bypass|policy|legalhold|lifecycle|\*/i)
      for (const resource of [Resource].flat()) t.not(resource, '*')
    }
    for (const action of actionsOf(auditor)) t.match(action, /^s3:(List|Get)/)
    for (const { Effect } of guard.Statement) t.equal(Effect, 'Deny')
  },
)

const SHA256 = '0'.repeat(64)
const PREFIX = 'logs/'

function keysOf(service: string, day: string, host: string): { segment: string; ledger: string } {
  const text = `${host}.0123456789ab.4026531836.1.0.2`
  const name = `${text}.20261124000000000.000001`
  const fact = {
    kind: 'segment',
    name,
    path: `${name}.log.gz`,
    sha256: SHA256,
    service,
    writer: text,
  } as const
  const more = { plainSha256: SHA256, bytes: 1, sealedBytes: 1, lines: 1, number: 1, reason: 'size' } as const
  const last = `${day}T12:00:00.000Z`
  const seq = { first: 1, last: 1 }
  return {
    // biome-ignore lint/suspicious/noExplicitAny: a key is made of the first six
    segment: PREFIX + segmentKey({ ...fact, ...more, first: last, last, seq } as any),
    ledger: PREFIX + ledgerPartKey(ledgerFolder(host, 'hushlog/0123456789abcdef'), 0, 1, SHA256),
  }
}

/** As IAM reads a resource, or with `inFolder` as engines read a path: `*` does not leave its folder there. */
function meets(pattern: string, text: string, inFolder = false): boolean {
  const any = inFolder ? '[^/]*' : '.*'
  const escaped = pattern.replaceAll(/[^\w*?]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', any).replaceAll('?', '.')}$`).test(text)
}

t.test('the right to ship reaches the own keys of a host and none of another', async (t) => {
  const { Resource } = writer.Statement.find(({ Sid }) => Sid === 'Ship') as Statement
  const reaches = (key: string) =>
    [Resource].flat().some((resource) => meets(resource, `arn:aws:s3:::shop-logs/${key}`))
  const own = keysOf('shop', '2026-11-24', 'web-1')
  t.ok(reaches(own.segment))
  t.ok(reaches(own.ledger))
  for (const host of ['web-2', 'web-11', 'web-1.example'])
    for (const key of Object.values(keysOf('shop', '2026-11-24', host))) t.notOk(reaches(key), key)
  t.notOk(reaches(own.segment.replace('host=web-1/', 'host=web-2/host=web-1/')), 'nor below one of another')
  t.notOk(reaches(own.segment.replace('service=shop', 'service=mail')))
})

t.test('the life cycle ends segments after more than 90 days, and never a ledger', async (t) => {
  t.equal(lifeCycles.length, 1)
  const { Rules } = lifeCycles[0]
  const { segment, ledger } = keysOf('shop', '2026-11-24', 'web-1')
  const meeting = (key: string) => Rules.filter(({ Filter }) => key.startsWith(Filter.Prefix))
  t.same(meeting(ledger), [])
  const [ending, markers, ...more] = meeting(segment)
  t.same(more, [])
  t.ok((ending.Expiration.Days as number) > 90)
  t.equal(ending.NoncurrentVersionExpiration?.NoncurrentDays, 1)
  t.same(markers.Expiration, { ExpiredObjectDeleteMarker: true }, 'S3 takes it in a rule without days only')
  for (const { ID, Status, Filter } of Rules) {
    t.equal(Status, 'Enabled')
    t.ok(Filter.Prefix.startsWith(PREFIX), `${ID} is for the prefix of the page`)
  }
})

t.test('the queries read where segments lie', async (t) => {
  const { segment, ledger } = keysOf('shop', '2026-11-24', 'web-1')
  const [athena, clickHouse] = blocks('sql')
  const template = /'storage\.location\.template' = 's3:\/\/shop-logs\/(.*)'/.exec(athena)?.[1]
  const place = template?.replace('${service}', 'shop').replace('${date}', '2026-11-24')
  t.equal(place?.replace('${host}', 'web-1'), segment.slice(0, segment.lastIndexOf('/') + 1))
  const names = /PARTITIONED BY \((.*)\)/.exec(athena)?.[1].match(/\w+(?=`? string)/g)
  t.same(names, ['service', 'date', 'host'])
  const path = /amazonaws\.com\/(.*?)'/.exec(clickHouse)?.[1] ?? 'none'
  t.ok(meets(path, segment, true))
  t.notOk(meets(path, ledger, true))
  const files = /read_json\('archive\/(.*?)'/.exec(page)?.[1] ?? 'none'
  t.ok(meets(PREFIX + files, segment, true))
  t.notOk(meets(PREFIX + files, ledger, true))
})
