import { spawnSync } from 'node:child_process'
import fs, {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makePrivate, prepareDirectory, segmentMode, syncDirectory } from '../../lib/store/directory.ts'

const isRoot = process.getuid?.() === 0

function place(t: Test): string {
  const parent = mkdtempSync(join(tmpdir(), 'hushlog-'))
  t.teardown(() => rmSync(parent, { recursive: true, force: true }))
  return join(parent, 'logs')
}

const modeOf = (path: string) => statSync(path).mode & 0o7777

t.test('a new directory is ours alone and unknown to git, whatever the umask', async (t) => {
  for (const umask of [0o000, 0o022, 0o277]) {
    const dir = join(place(t), umask.toString(8))
    mkdirSync(join(dir, '..'))
    const before = process.umask(umask)
    prepareDirectory(dir, { explicit: false })
    process.umask(before)
    t.same(readdirSync(dir).sort(), ['.gitignore', 'inbox', 'ledger', 'open', 'sealed', 'torn'])
    for (const folder of ['', 'open', 'sealed', 'ledger', 'torn', 'inbox'])
      t.equal(modeOf(join(dir, folder)), 0o700, `${umask.toString(8)} ${folder}`)
    t.equal(readFileSync(join(dir, '.gitignore'), 'utf8'), '*\n')
    t.equal(prepareDirectory(dir, { explicit: true }), dir, 'a second start takes it as it is')
  }
})

t.test('parents are made, and a directory that was there gets no .gitignore', async (t) => {
  const deep = join(place(t), 'var', 'log')
  t.equal(prepareDirectory(deep, { explicit: true }), deep)
  const old = place(t)
  mkdirSync(old, { mode: 0o755 })
  chmodSync(old, 0o755)
  prepareDirectory(old, { explicit: true })
  t.notOk(readdirSync(old).includes('.gitignore'))
  t.notOk(makePrivate(old), 'what is there is not made again')
  await syncDirectory(old)
})

const refused: { what: string; make: (path: string) => void; got: RegExp; root?: boolean }[] = [
  { what: 'a file', make: (path) => writeFileSync(path, ''), got: /is a file/ },
  { what: 'a symlink', make: (path) => symlinkSync(tmpdir(), path), got: /is a symbolic link/ },
  {
    what: 'a symlink that leads nowhere',
    make: (path) => symlinkSync('/nowhere', path),
    got: /is a symbolic link/,
  },
  {
    what: 'a directory that the group may write',
    make: (path) => {
      mkdirSync(path)
      chmodSync(path, 0o770)
    },
    got: /has mode 0770/,
  },
  {
    what: 'a directory that all may write',
    make: (path) => {
      mkdirSync(path)
      chmodSync(path, 0o1777)
    },
    got: /has mode 01777/,
  },
]

t.test(
  'what others could write or lead elsewhere is refused, with what it is and what it takes',
  async (t) => {
    for (const { what, make, got } of refused) {
      for (const folder of ['', 'open', 'ledger']) {
        const dir = place(t)
        if (folder !== '') mkdirSync(dir, { mode: 0o700 })
        const path = join(dir, folder)
        make(path)
        const error = t.throws(
          () => prepareDirectory(dir, { explicit: true }),
          { code: 'HUSHLOG_DIRECTORY' },
          `${what} ${folder}`,
        ) as Error & { hint: string }
        t.match(error.message, got)
        t.ok(error.message.startsWith(`storage.dir ${dir}: ${path} `), error.message)
        t.match(error.message, /it takes a directory of our own that nobody else may write$/)
        t.ok(error.hint.length > 0)
      }
    }
  },
)

t.test('a place where no directory can be made is refused', async (t) => {
  const file = place(t)
  writeFileSync(file, '')
  t.throws(() => prepareDirectory(join(file, 'logs'), { explicit: false }), {
    code: 'HUSHLOG_DIRECTORY',
    message: /^the default log directory .*: cannot make .*\((EEXIST|ENOTDIR)\)/,
  })
})

t.test(
  'somebody else’s directory, or one that we cannot write, is refused',
  { skip: isRoot ? false : 'only root can become another user' },
  async (t) => {
    const dirs = { theirs: place(t), closed: place(t) }
    for (const dir of Object.values(dirs)) {
      mkdirSync(dir)
      chmodSync(join(dir, '..'), 0o755)
    }
    chownSync(dirs.closed, 65534, 65534)
    chmodSync(dirs.closed, 0o500)
    process.seteuid?.(65534)
    t.teardown(() => process.seteuid?.(0))
    t.throws(() => prepareDirectory(dirs.theirs, { explicit: true }), {
      code: 'HUSHLOG_DIRECTORY',
      message: /belongs to user 0, we are 65534/,
    })
    t.throws(() => prepareDirectory(dirs.closed, { explicit: true }), {
      code: 'HUSHLOG_DIRECTORY',
      message: /cannot be written by us|EACCES/,
    })
    process.seteuid?.(0)
    t.equal(
      prepareDirectory(dirs.closed, { explicit: true }),
      dirs.closed,
      'root may use a directory of another user',
    )
  },
)

t.test('a read-only file system is refused', { skip: isRoot ? false : 'only root can mount' }, async (t) => {
  const dir = place(t)
  mkdirSync(dir)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro,mode=700', 'none', dir]).status !== 0)
    return void t.pass('cannot mount here')
  t.teardown(() => void spawnSync('umount', [dir]))
  t.throws(() => prepareDirectory(dir, { explicit: true }), {
    code: 'HUSHLOG_DIRECTORY',
    message: /cannot be written by us|EACCES/,
  })
  t.throws(() => prepareDirectory(join(dir, 'deep'), { explicit: true }), {
    code: 'HUSHLOG_DIRECTORY',
    message: /EROFS/,
  })
})

t.test('where there are no users and no directories to sync, neither is asked for', async (t) => {
  const dir = place(t)
  mkdirSync(dir)
  chmodSync(dir, 0o777)
  const restore = [
    t.intercept(process, 'geteuid', { value: undefined }),
    t.intercept(process, 'platform', { value: 'win32' }),
  ]
  t.equal(prepareDirectory(dir, { explicit: true }), dir)
  await t.resolves(syncDirectory('/nowhere'))
  for (const { restore: back } of restore) back()
})

const KEEPER = 64001
const APP = 64002
const GROUP = 64010

/** A keeper's directory, as `hushlog keep --group` makes it. */
function keepersDirectory(t: Test): string {
  const dir = place(t)
  chmodSync(join(dir, '..'), 0o755)
  for (const [path, mode] of [
    [dir, 0o750],
    [join(dir, 'open'), 0o3770],
    [join(dir, 'ledger'), 0o700],
  ] as const) {
    mkdirSync(path)
    chownSync(path, KEEPER, GROUP)
    chmodSync(path, mode)
  }
  return dir
}

/** Does something as a program that logs, which is in the keeper's group or is not. */
function asApp<T>(work: () => T, group = GROUP): T {
  const groups = process.getgroups?.() ?? []
  process.setgroups?.([APP, group])
  process.setegid?.(APP)
  process.seteuid?.(APP)
  try {
    return work()
  } finally {
    process.seteuid?.(0)
    process.setegid?.(0)
    process.setgroups?.(groups)
  }
}

const onlyRoot = { skip: isRoot ? false : 'only root can become another user' }
const external = { explicit: true, external: true }

t.test(
  'with an external keeper its directory is taken, and only its open/ is needed',
  onlyRoot,
  async (t) => {
    const dir = keepersDirectory(t)
    t.equal(
      asApp(() => prepareDirectory(dir, external)),
      dir,
    )
    t.same(readdirSync(dir).sort(), ['ledger', 'open'], 'nothing is made there')
    chmodSync(join(dir, 'open'), 0o2770)
    asApp(() => prepareDirectory(dir, external))
    t.equal(segmentMode(dir), 0o640)
    t.throws(() => asApp(() => prepareDirectory(dir, { explicit: true })), {
      code: 'HUSHLOG_DIRECTORY',
      message: /belongs to user 64001, we are 64002/,
    })
    const ours = place(t)
    t.equal(prepareDirectory(ours, external), ours)
    t.equal(modeOf(join(ours, 'open')), 0o700, 'what is not there is made for ourselves alone')
    t.equal(segmentMode(ours), 0o600)
    t.equal(segmentMode(join(ours, 'nowhere')), 0o600)
  },
)

const WRONG: { what: string; change: (dir: string) => void; got: RegExp; hint: RegExp; group?: number }[] = [
  {
    what: 'a directory that the group may write',
    change: (dir) => chmodSync(dir, 0o770),
    got: /logs has mode 0770/,
    hint: /chmod go-w .*logs$/,
  },
  ...[0o770, 0o3777, 0o750, 0o1770, 0o2775].map((mode) => ({
    what: `an open/ of mode ${mode.toString(8)}`,
    change: (dir: string) => chmodSync(join(dir, 'open'), mode),
    got: new RegExp(`open has mode 0${mode.toString(8)}`),
    hint: /chmod 3770 .*open$/,
  })),
  {
    what: 'an open/ of another user than the keeper',
    change: (dir) => chownSync(join(dir, 'open'), 64003, GROUP),
    got: /open belongs to user 64003, the directory to 64001/,
    hint: /chown 64001 .*open$/,
  },
  {
    what: 'an open/ that is a link',
    change: (dir) => {
      rmSync(join(dir, 'open'), { recursive: true })
      symlinkSync(tmpdir(), join(dir, 'open'))
    },
    got: /open is a symbolic link/,
    hint: /leads to/,
  },
  {
    what: 'a directory without open/',
    change: (dir) => rmSync(join(dir, 'open'), { recursive: true }),
    got: /open cannot be reached \(ENOENT\)/,
    hint: /hushlog keep makes it/,
  },
  {
    what: 'a directory whose group we are not in',
    change: () => {},
    got: /open cannot be reached \(EACCES\)/,
    hint: /add this user to group 64010/,
    group: 64011,
  },
  {
    what: 'a link to a keeper’s directory',
    change: (dir) => {
      renameSync(dir, `${dir}-real`)
      symlinkSync(`${dir}-real`, dir)
    },
    got: /logs is a symbolic link/,
    hint: /leads to/,
  },
]

for (const { what, change, got, hint, group } of WRONG)
  t.test(`with an external keeper this is refused, with what helps: ${what}`, onlyRoot, async (t) => {
    const dir = keepersDirectory(t)
    change(dir)
    const error = t.throws(() => asApp(() => prepareDirectory(dir, external), group), {
      code: 'HUSHLOG_DIRECTORY',
    })
    t.match(error, { message: got, hint })
    t.match((error as Error).message, /it takes a (keeper's )?directory/)
  })

t.test('an open/ whose group we are not in is refused', onlyRoot, async (t) => {
  // access(2) asks for the real user, which a test that becomes another one for a while still is.
  const mocked = await t.mockImport<typeof import('../../lib/store/directory.ts')>(
    '../../lib/store/directory.ts',
    {
      'node:fs': {
        ...fs,
        accessSync: () => {
          throw new Error('EACCES')
        },
      },
    },
  )
  const dir = keepersDirectory(t)
  t.throws(() => asApp(() => mocked.prepareDirectory(dir, external)), {
    code: 'HUSHLOG_DIRECTORY',
    message: /open cannot be written by us/,
    hint: 'add this user to group 64010, and start the program anew',
  })
})
