/**
 * Runs every block of code in the documents as it stands there, in a folder of its own, and compares what it prints
 * with the block that follows it, where `…` stands for anything within a line.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

interface Block {
  language: string
  text: string
}

interface Document {
  path: string
  /** How many programs and commands stand in it, so that none gets lost. */
  runs: number
}

const DOCUMENTS: Document[] = [
  { path: 'docs/scrubbing.md', runs: 4 },
  { path: 'docs/commands.md', runs: 4 },
  { path: 'docs/operating.md', runs: 3 },
]

const root = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

function blocksOf(text: string): Block[] {
  return text
    .split('\n```')
    .filter((_part, i) => i % 2 === 1)
    .map((part) => ({
      language: part.slice(0, part.indexOf('\n')),
      text: part.slice(part.indexOf('\n') + 1),
    }))
}

const COMMANDS: Record<string, (block: Block) => string[]> = {
  js: () => [process.execPath, 'program.js'],
  sh: ({ text }) => ['sh', '-c', text.replaceAll('npx hushlog', 'hushlog')],
}

/** What a block prints. npx would find the command in node_modules/.bin; here it is the one that was built. */
async function printed(t: Test, block: Block): Promise<string> {
  const dir = t.testdir({
    'program.js': block.text,
    bin: { hushlog: t.fixture('symlink', root('dist/cli/main.js')) },
  })
  const [command, ...args] = COMMANDS[block.language](block)
  // Nothing of the environment but what is needed: secret names in it would be cut.
  const child = spawn(command, args, {
    cwd: dir,
    env: { PATH: `${dir}/bin:${process.env.PATH}` },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => (output += chunk))
  await once(child, 'close')
  return output.trimEnd()
}

function matches(output: string, expected: string): boolean {
  const parts = expected.split('…').map((part) => part.replaceAll(/[^\w\s]/g, '\\$&'))
  return new RegExp(`^${parts.join('.+')}$`).test(output)
}

for (const { path, runs } of DOCUMENTS) {
  const text = readFileSync(root(path), 'utf8')
  const blocks = blocksOf(text)

  t.test(`every block of code in ${path} prints what stands below it`, async (t) => {
    const runnable = blocks.filter(({ language }) => language !== '')
    t.equal(runnable.length, runs)
    for (const block of runnable) {
      const expected = blocks[blocks.indexOf(block) + 1]
      t.equal(expected?.language, '', 'its output follows')
      const output = await printed(t, block)
      if (!matches(output, expected?.text.trimEnd() ?? '')) t.equal(output, expected?.text.trimEnd())
    }
  })

  t.test(`no code in ${path} is left untried, and every file that it points to is there`, async (t) => {
    t.notMatch(text, /\n {4}\S.*\n/, 'no block of code is told by its indent alone')
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      t.ok(statSync(new URL(target, new URL(`../${path}`, import.meta.url))).isFile(), target)
  })
}
