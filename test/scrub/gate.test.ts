import fc from 'fast-check'
import t from 'tap'
import { Finder } from '../../lib/scrub/finder.ts'
import { BATCH_BYTES, Gate } from '../../lib/scrub/gate.ts'
import { Registered } from '../../lib/scrub/registered.ts'
import { compileRules } from '../../lib/scrub/rules.ts'
import { KIND, type ScrubbedBatch } from '../../lib/types.ts'

function newFinder(): Finder {
  const rules = compileRules()
  return new Finder(rules, new Registered(rules))
}

const stub = (error: unknown, level: number) =>
  `{"level":${level},"msg":"withheld: ${(error as Error).message}"}`

function newGate(finder: Finder = newFinder(), onScrub?: (event: { rule: string }) => void): Gate {
  return new Gate({ finder, stub, onScrub })
}

function linesOf(batch: ScrubbedBatch): string[] {
  const lines: string[] = []
  for (let i = 0; i < batch.count; i++) {
    lines.push(Buffer.from(batch.bytes.subarray(i === 0 ? 0 : batch.ends[i - 1], batch.ends[i])).toString())
  }
  return lines
}

function taken(gate: Gate): string[] {
  const lines: string[] = []
  gate.take((batch) => lines.push(...linesOf(batch)))
  return lines
}

t.test('a batch without secrets leaves from the memory that it was encoded into', async (t) => {
  const gate = newGate()
  gate.add('{"a":1}\n', 30, KIND.app)
  let first: Uint8Array | undefined
  gate.take((batch) => (first = batch.bytes))
  gate.add('{"b":2}\n', 30, KIND.app)
  gate.take((batch) => {
    t.equal(batch.bytes, first, 'the same memory')
    t.strictSame(linesOf(batch), ['{"b":2}\n'])
  })
})

t.test('lines with secrets between lines without keep their order, levels and kinds', async (t) => {
  const gate = newGate()
  gate.add('{"a":1}\n', 20, KIND.app)
  gate.add('{"password":"hunter2"}', 40, KIND.audit)
  gate.add('{"b":2}\n', 30, KIND.access)
  gate.take((batch) => {
    t.strictSame(linesOf(batch), ['{"a":1}\n', '{"password":"[SECRET:password]"}\n', '{"b":2}\n'])
    t.strictSame([...batch.levels.subarray(0, 3)], [20, 40, 30])
    t.strictSame([...batch.kinds.subarray(0, 3)], [KIND.app, KIND.audit, KIND.access])
  })
  t.ok(gate.isEmpty)
  t.equal(gate.counts.lines, 3)
  t.strictSame(gate.tally.byRule(), { password: 1 })
})

t.test(
  'a line that has no room is refused until the batch is taken, and one longer than the memory is taken whole',
  async (t) => {
    const gate = newGate()
    const long = `{"msg":"${'é'.repeat(BATCH_BYTES)}","token":"Example0Invented0"}`
    t.ok(gate.add('{"a":1}', 30, KIND.app))
    t.notOk(gate.add(long, 30, KIND.app))
    t.strictSame(taken(gate), ['{"a":1}\n'])
    t.ok(gate.add(long, 30, KIND.app))
    const [line] = taken(gate)
    t.equal(line, `{"msg":"${'é'.repeat(BATCH_BYTES)}","token":"[SECRET:token]"}\n`)
    gate.add('{"a":1}', 30, KIND.app)
    t.strictSame(taken(gate), ['{"a":1}\n'], 'and goes on')
  },
)

t.test('a matcher that throws costs its own line, which is replaced by a stub', async (t) => {
  const finder = newFinder()
  const gate = newGate(finder)
  const cutsIn = finder.cutsIn.bind(finder)
  finder.cutsIn = (bytes, start, end, json) => {
    if (bytes.subarray(start, end).includes(0x23)) throw new Error('broken')
    return cutsIn(bytes, start, end, json)
  }
  gate.add('{"password":"one"}', 30, KIND.app)
  gate.add('{"password":"#two"}', 40, KIND.app)
  gate.add('{"password":"three"}', 30, KIND.app)
  t.strictSame(taken(gate), [
    '{"password":"[SECRET:password]"}\n',
    '{"level":40,"msg":"withheld: broken"}\n',
    '{"password":"[SECRET:password]"}\n',
  ])
  t.equal(gate.counts.withheld, 1)
})

t.test('a scanner that throws lets nothing of the batch out', async (t) => {
  const finder = newFinder()
  const gate = newGate(finder)
  finder.scan = () => {
    throw new Error('broken')
  }
  gate.add('{"password":"one"}', 30, KIND.app)
  gate.add('{"b":2}', 50, KIND.app)
  t.strictSame(taken(gate), [
    '{"level":30,"msg":"withheld: broken"}\n',
    '{"level":50,"msg":"withheld: broken"}\n',
  ])
})

t.test('an onScrub that throws loses no line', async (t) => {
  const gate = newGate(newFinder(), () => {
    throw new Error('the program’s own')
  })
  gate.add('{"password":"one"}', 30, KIND.app)
  t.strictSame(taken(gate), ['{"password":"[SECRET:password]"}\n'])
  t.equal(gate.tally.failures, 1)
})

t.test('a line end inside a line cannot make two of it', async (t) => {
  const gate = newGate()
  gate.add('{"a":"x\n{\\"forged\\":1}\r\n"}\n', 30, KIND.app)
  t.strictSame(taken(gate), ['{"a":"x {\\"forged\\":1}  "}\n'])
})

t.test('any lines come out whole, one for one, in order', async () => {
  const line = fc.string({ maxLength: 200, unit: 'binary' }).map((text) => JSON.stringify({ msg: text }))
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const gate = newGate()
      const out: string[] = []
      for (const text of lines) {
        if (!gate.add(text, 30, KIND.app)) {
          out.push(...taken(gate))
          gate.add(text, 30, KIND.app)
        }
      }
      out.push(...taken(gate))
      if (out.length !== lines.length) throw new Error(`${lines.length} lines became ${out.length}`)
      for (const text of out) JSON.parse(text)
    }),
    { numRuns: 300 },
  )
})
