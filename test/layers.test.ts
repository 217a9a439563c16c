/**
 * The order of the house, read from the sources of lib/: which folder may import which, and the few things that
 * only one file may do.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import ts from 'typescript'

interface Layer {
  /** Files, and folders with a slash at the end. */
  holds: string[]
  /** The layers that it may import besides itself. */
  imports: string[]
}

const LAYERS: Record<string, Layer> = {
  base: {
    holds: [
      'lib/errors.ts',
      'lib/types.ts',
      'lib/context.ts',
      'lib/checks.ts',
      'lib/config.ts',
      'lib/ship-config.ts',
      'lib/id.ts',
      'lib/exit.ts',
      'lib/packages.ts',
    ],
    imports: [],
  },
  scrub: { holds: ['lib/scrub/'], imports: ['base'] },
  store: { holds: ['lib/store/'], imports: ['base'] },
  keep: { holds: ['lib/keep/'], imports: ['base', 'scrub', 'store'] },
  ship: { holds: ['lib/ship/'], imports: ['base', 'scrub', 'store', 'keep'] },
  review: { holds: ['lib/review/'], imports: ['base', 'scrub', 'store', 'keep'] },
  logger: { holds: ['lib/logger/'], imports: ['base', 'scrub'] },
  request: { holds: ['lib/request/'], imports: ['base', 'scrub', 'logger'] },
  testing: { holds: ['lib/testing/'], imports: ['base', 'scrub', 'logger'] },
  top: {
    holds: ['lib/index.ts', 'lib/hushlog.ts', 'lib/wrap.ts', 'lib/transport.ts', 'lib/cli/'],
    imports: ['base', 'scrub', 'store', 'keep', 'ship', 'review', 'logger', 'request', 'testing'],
  },
}

/** The only maker of a ScrubbedBatch. */
const GATE = 'lib/scrub/gate.ts'
/** The only folder that uses pino's streamSym. */
const WRAP = 'lib/logger/wrap/'
/** No regular expression may run on what is logged. These look at names of files, and at nothing else. */
const REGULAR_EXPRESSIONS = [
  'lib/store/segment.ts',
  'lib/keep/lock.ts',
  'lib/keep/sealed-place.ts',
  'lib/keep/verify-files.ts',
]

/** Sources by path. */
type Sources = Record<string, string>

interface Facts {
  imports: string[]
  /** What only some files may do, or none, in words. */
  deeds: string[]
}

/** All that is wrong with the files, a sentence each. */
function violations(sources: Sources): string[] {
  const facts = Object.entries(sources).map(([file, text]) => [file, factsOf(file, text)] as const)
  const graph = new Map(facts.map(([file, { imports }]) => [file, relativeOf(file, imports)]))
  return [
    ...facts.flatMap(([file, { imports }]) => imports.flatMap((path) => importFaults(file, path, sources))),
    ...facts.flatMap(([file, { deeds }]) => deeds.map((deed) => `${file} ${deed}`)),
    ...Object.keys(sources).flatMap((file) => (layerOf(file) ? [] : [`${file} belongs to no layer`])),
    ...cycles(graph),
  ]
}

function layerOf(file: string): string | undefined {
  const holds = (place: string) => (place.endsWith('/') ? file.startsWith(place) : file === place)
  return Object.keys(LAYERS).find((name) => LAYERS[name].holds.some(holds))
}

function importFaults(file: string, path: string, sources: Sources): string[] {
  if (!path.startsWith('.')) return []
  const target = join(dirname(file), path)
  if (!path.endsWith('.ts')) return [`${file} imports ${path}, which does not end in .ts`]
  if (sources[target] === undefined) return [`${file} imports ${target}, which does not exist`]
  const [from, to] = [layerOf(file), layerOf(target)]
  if (from === undefined || to === undefined || from === to || LAYERS[from].imports.includes(to)) return []
  return [`${file} imports ${target}: ${from} may not know ${to}`]
}

function relativeOf(file: string, imports: string[]): string[] {
  return imports.filter((path) => path.startsWith('.')).map((path) => join(dirname(file), path))
}

/** Each cycle once, from its first file in the order of the names. */
function cycles(graph: Map<string, string[]>): string[] {
  const found = new Set<string>()
  const done = new Set<string>()
  const walk = (file: string, path: string[]) => {
    const at = path.indexOf(file)
    if (at !== -1) return found.add(ring(path.slice(at)))
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) walk(file, [])
  return [...found]
}

function ring(files: string[]): string {
  const first = files.indexOf([...files].sort()[0])
  const turned = [...files.slice(first), ...files.slice(0, first)]
  return `${[...turned, turned[0]].join(' → ')} is a cycle`
}

function factsOf(file: string, text: string): Facts {
  const facts: Facts = { imports: [], deeds: [] }
  const visit = (node: ts.Node) => {
    const specifier = specifierOf(node)
    if (specifier !== undefined && ts.isStringLiteralLike(specifier)) facts.imports.push(specifier.text)
    else if (specifier !== undefined) facts.deeds.push(`imports what cannot be read: ${specifier.getText()}`)
    const deed = deedOf(file, node)
    if (deed !== undefined) facts.deeds.push(deed)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  if (text.includes('streamSym') && !file.startsWith(WRAP)) facts.deeds.push('mentions streamSym')
  return facts
}

/** What a node imports: import and export declarations, `import()`, `require()` and `import('…')` types. */
function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier
  if (ts.isExternalModuleReference(node)) return node.expression
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : node.argument
  if (!ts.isCallExpression(node)) return undefined
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword
  const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require'
  return isImport || isRequire ? node.arguments[0] : undefined
}

function deedOf(file: string, node: ts.Node): string | undefined {
  if (isRegularExpression(node) && !REGULAR_EXPRESSIONS.includes(file)) {
    return `has a regular expression: ${node.getText()}`
  }
  if (file !== GATE && makesBatch(node)) return `makes a ScrubbedBatch: ${node.getText()}`
  return undefined
}

/** A literal, the constructor under any use but `instanceof`, or a call that makes one of a plain string. */
function isRegularExpression(node: ts.Node): boolean {
  if (ts.isRegularExpressionLiteral(node)) return true
  if (ts.isIdentifier(node) && node.text === 'RegExp') return !isInstanceOf(node.parent)
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false
  const isPattern = node.arguments.length === 1 && ts.isStringLiteralLike(node.arguments[0])
  return isPattern && ['match', 'matchAll', 'search'].includes(node.expression.name.text)
}

function isInstanceOf(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword
}

function makesBatch(node: ts.Node): boolean {
  const isCast = ts.isAsExpression(node) || ts.isTypeAssertionExpression(node) || ts.isTypePredicateNode(node)
  return isCast && node.type !== undefined && namesIn(node.type).includes('ScrubbedBatch')
}

function namesIn(node: ts.Node): string[] {
  const names = ts.isIdentifier(node) ? [node.text] : []
  ts.forEachChild(node, (child) => void names.push(...namesIn(child)))
  return names
}

function countIn(file: string, isCounted: (node: ts.Node) => boolean): number {
  const count = (node: ts.Node): number => {
    let sum = isCounted(node) ? 1 : 0
    ts.forEachChild(node, (child) => void (sum += count(child)))
    return sum
  }
  return count(ts.createSourceFile(file, sourcesOfLib()[file], ts.ScriptTarget.Latest, true))
}

function sourcesOfLib(): Sources {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const files = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
  const paths = files.filter((file) => file.endsWith('.ts')).map((file) => join('lib', file))
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
}

t.test('in lib every import points towards the base and every file keeps to what it may do', async (t) => {
  const sources = sourcesOfLib()
  for (const [name, { holds }] of Object.entries(LAYERS)) {
    if (name === 'review') continue
    t.ok(
      Object.keys(sources).some((file) => holds.some((place) => file.startsWith(place))),
      `${name} was read`,
    )
  }
  t.strictSame(violations(sources), [])
})

t.test('the gate casts to ScrubbedBatch once', async (t) => {
  t.equal(countIn(GATE, makesBatch), 1)
})

t.test('no file is excused for regular expressions that it does not have', async (t) => {
  for (const file of REGULAR_EXPRESSIONS) t.not(countIn(file, isRegularExpression), 0, file)
})

t.test('layers import only layers that are under them', async (t) => {
  const names = Object.keys(LAYERS)
  for (const [name, { imports }] of Object.entries(LAYERS)) {
    for (const other of imports) t.ok(names.indexOf(other) < names.indexOf(name), `${name} over ${other}`)
  }
})

const BASE: Sources = { 'lib/types.ts': 'export type A = 1', 'lib/scrub/gate.ts': '' }

interface Case {
  name: string
  files: Sources
  violations: string[]
}

const CASES: Case[] = [
  {
    name: 'imports that point towards the base',
    files: {
      'lib/scrub/gate.ts': "import type { A } from '../types.ts'\nconst b = {} as unknown as ScrubbedBatch",
      'lib/logger/wrap/pino.ts':
        "import pino from 'pino'\nimport '../../scrub/gate.ts'\npino.symbols.streamSym",
      'lib/request/http.ts': "export * from '../logger/wrap/pino.ts'",
      'lib/index.ts': "export { a } from './request/http.ts'\n// a regular expression in words: /a/",
    },
    violations: [],
  },
  {
    name: 'scrub that imports store',
    files: { 'lib/scrub/a.ts': "import '../store/b.ts'", 'lib/store/b.ts': '' },
    violations: ['lib/scrub/a.ts imports lib/store/b.ts: scrub may not know store'],
  },
  {
    name: 'store that imports only a type of scrub',
    files: { 'lib/store/b.ts': "import type { Gate } from '../scrub/gate.ts'" },
    violations: ['lib/store/b.ts imports lib/scrub/gate.ts: store may not know scrub'],
  },
  {
    name: 'a base file that re-exports from above',
    files: { 'lib/id.ts': "export { gate } from './scrub/gate.ts'" },
    violations: ['lib/id.ts imports lib/scrub/gate.ts: base may not know scrub'],
  },
  {
    name: 'a type written as import()',
    files: { 'lib/store/b.ts': "let a: import('../scrub/gate.ts').Gate" },
    violations: ['lib/store/b.ts imports lib/scrub/gate.ts: store may not know scrub'],
  },
  {
    name: 'an import that runs later',
    files: { 'lib/store/b.ts': 'const load = () => import(`../scrub/gate.ts`)' },
    violations: ['lib/store/b.ts imports lib/scrub/gate.ts: store may not know scrub'],
  },
  {
    name: 'a require',
    files: { 'lib/logger/a.ts': "require('../store/b.ts')", 'lib/store/b.ts': '' },
    violations: ['lib/logger/a.ts imports lib/store/b.ts: logger may not know store'],
  },
  {
    name: 'import = require()',
    files: { 'lib/logger/a.ts': "import b = require('../keep/b.ts')", 'lib/keep/b.ts': '' },
    violations: ['lib/logger/a.ts imports lib/keep/b.ts: logger may not know keep'],
  },
  {
    name: 'an import of a name made at run time',
    files: { 'lib/logger/a.ts': 'import(name)' },
    violations: ['lib/logger/a.ts imports what cannot be read: name'],
  },
  {
    name: 'an import that ends in .js',
    files: { 'lib/scrub/a.ts': "import './gate.js'" },
    violations: ['lib/scrub/a.ts imports ./gate.js, which does not end in .ts'],
  },
  {
    name: 'an import of a file that is not there',
    files: { 'lib/scrub/a.ts': "import '../../test/helpers.ts'" },
    violations: ['lib/scrub/a.ts imports test/helpers.ts, which does not exist'],
  },
  {
    name: 'a cycle, told once',
    files: {
      'lib/scrub/c.ts': "import './a.ts'",
      'lib/scrub/b.ts': "import './c.ts'\nimport './gate.ts'",
      'lib/scrub/a.ts': "import type { B } from './b.ts'",
    },
    violations: ['lib/scrub/a.ts → lib/scrub/b.ts → lib/scrub/c.ts → lib/scrub/a.ts is a cycle'],
  },
  {
    name: 'a file that imports itself',
    files: { 'lib/scrub/a.ts': "import './a.ts'" },
    violations: ['lib/scrub/a.ts → lib/scrub/a.ts is a cycle'],
  },
  {
    name: 'a new file and a new folder',
    files: { 'lib/utils.ts': '', 'lib/tools/a.ts': '' },
    violations: ['lib/utils.ts belongs to no layer', 'lib/tools/a.ts belongs to no layer'],
  },
  {
    name: 'a second maker of a ScrubbedBatch',
    files: { 'lib/store/b.ts': 'append(b as unknown as ScrubbedBatch)' },
    violations: ['lib/store/b.ts makes a ScrubbedBatch: b as unknown as ScrubbedBatch'],
  },
  {
    name: 'a maker of a ScrubbedBatch in disguise',
    files: {
      'lib/store/b.ts':
        'const a = b as Readonly<types.ScrubbedBatch>\nconst isBatch = (b): b is ScrubbedBatch => true',
    },
    violations: [
      'lib/store/b.ts makes a ScrubbedBatch: b as Readonly<types.ScrubbedBatch>',
      'lib/store/b.ts makes a ScrubbedBatch: b is ScrubbedBatch',
    ],
  },
  {
    name: "pino's stream in the logger",
    files: { 'lib/logger/logger.ts': 'logger[pino.symbols.streamSym]' },
    violations: ['lib/logger/logger.ts mentions streamSym'],
  },
  {
    name: 'regular expressions, written and made',
    files: {
      'lib/scrub/b.ts': "a / b / c\nconst d = /x+/u\nnew RegExp(a)\na.match('b')\na instanceof RegExp",
    },
    violations: [
      'lib/scrub/b.ts has a regular expression: /x+/u',
      'lib/scrub/b.ts has a regular expression: RegExp',
      "lib/scrub/b.ts has a regular expression: a.match('b')",
    ],
  },
]

for (const { name, files, violations: expected } of CASES) {
  t.test(`${expected.length === 0 ? 'nothing is found in' : 'this is found:'} ${name}`, async (t) => {
    t.strictSame(violations({ ...BASE, ...files }), expected)
  })
}

/** Options and events, as they stand in the sources: their members show in an editor with the comment before them. */
function uncommented(sources: Sources): string[] {
  const found: string[] = []
  for (const [file, text] of Object.entries(sources)) {
    const visit = (node: ts.Node) => {
      if (ts.isInterfaceDeclaration(node) && DOCUMENTED.includes(node.name.text)) {
        const bare = node.members.filter((member) => ts.getJSDocCommentsAndTags(member).length === 0)
        found.push(...bare.map((member) => `${node.name.text}.${member.name?.getText()}`))
      }
      ts.forEachChild(node, visit)
    }
    visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true))
  }
  return found
}

const DOCUMENTED = [
  ...['HushlogOptions', 'ScrubOptions', 'StorageOptions', 'TokenRule', 'AuditEvent', 'Extras', 'Stats'],
  ...['RequestOptions', 'LoginRoute', 'LoggedRequest', 'FastifyLoggerOptions'],
]

t.test('each option and each method has a comment that an editor shows', async (t) => {
  t.strictSame(uncommented(sourcesOfLib()), [])
  t.strictSame(
    uncommented({ 'lib/a.ts': 'interface Stats {\n// no doc comment\na: 1\n/** one */\nb: 2 }' }),
    ['Stats.a'],
  )
})
