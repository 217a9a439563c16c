/**
 * `hushlog keygen`: an identity for whoever may open sealed segments.
 */
import { randomUUID } from 'node:crypto'
import { link, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errorCode, HushlogError } from '../errors.ts'
import { generateIdentity, protectedBy } from '../keep/identities.ts'
import { syncDirectory } from '../store/directory.ts'
import { type Arguments, type Command, EXIT, printable, usage } from './command.ts'
import { askNewPassphrase, PASSPHRASE_FILE } from './passphrase.ts'
import { Output, say } from './terminal.ts'

export const keygen: Command = {
  name: 'keygen',
  takes: '-o FILE',
  summary: 'make an identity that opens encrypted segments',
  text: `
Makes an identity for whoever may read sealed segments, the auditor, and writes it
into a new file that its owner alone may read. The recipient that belongs to it goes
to standard output: it is what storage.encryptTo takes, and no secret.

Run it where no log is written: the hosts that log need the recipient alone. Without
the identity nobody can open what is encrypted to it, so keep a copy of it offline.
The file is one of age: age -d -i FILE opens a segment as well.

Exit code 0, or 2 when the file exists already or cannot be written.`,
  options: {
    output: { short: 'o', value: 'FILE', help: 'where the identity goes; never over another file' },
    pq: { help: 'post-quantum: age 1.3 or newer opens what is encrypted to it' },
    passphrase: { help: 'protect it with a passphrase, asked for twice' },
    ...PASSPHRASE_FILE,
  },
  run: (args) => keygenTo(new Output(), args),
}

export async function keygenTo(output: Output, args: Arguments): Promise<number> {
  const [path] = args.values('output')
  if (args.operands.length > 0) throw usage('keygen takes no operand', 'the file is named by -o FILE')
  if (path === undefined)
    throw usage('keygen takes -o FILE', 'a secret key belongs into a file, not on a screen or into a pipe')
  const isProtected = args.has('passphrase') || args.has('passphrase-file')
  const passphrase = isProtected ? await askNewPassphrase(args) : undefined
  const { identity, recipient } = await generateIdentity(args.has('pq'))
  const text = `# created: ${new Date().toISOString()}\n# public key: ${recipient}\n${identity}\n`
  await writeNew(path, passphrase === undefined ? text : await protectedBy(passphrase, text))
  await output.write(`${recipient}\n`)
  say(`the identity is in ${printable(path)}: keep it, and a copy, away from the hosts that log`)
  return EXIT.ok
}

/** The whole text under its name, on the disk and readable by us alone, or nothing. Never over anything. */
async function writeNew(path: string, text: string): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `.hushlog-${randomUUID()}.tmp`)
  try {
    const handle = await open(temporary, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    // Unlike a rename, a link is refused where something has the name.
    await link(temporary, path)
    await rm(temporary)
    await syncDirectory(folder)
  } catch (error) {
    throw notWritten(path, errorCode(error))
  } finally {
    await rm(temporary, { force: true })
  }
}

function notWritten(path: string, code: string): HushlogError {
  const exists = code === 'EEXIST'
  return new HushlogError(
    'HUSHLOG_KEY',
    `cannot write ${printable(path)}: ${exists ? 'it is there already' : code}`,
    exists ? { hint: 'an identity is never overwritten: what is encrypted to it would be lost' } : {},
  )
}
