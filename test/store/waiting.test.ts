import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { WaitingLines } from '../../lib/store/waiting.ts'
import { KIND } from '../../lib/types.ts'

const LEVELS = [10, 20, 30, 40, 50, 60]

interface Step {
  add?: { level: number; isAudit: boolean; size: number }
  write?: number
}

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    add: fc.record({
      level: fc.constantFrom(...LEVELS),
      isAudit: fc.boolean(),
      size: fc.integer({ min: 1, max: 40 }),
    }),
  }),
  fc.record({ write: fc.nat(200) }),
)

t.test(
  'whatever comes and goes, the bound holds, order stays, and each line is written, waits or is counted',
  async (t) => {
    const property = fc.property(
      fc.array(step, { maxLength: 80 }),
      fc.integer({ min: 20, max: 300 }),
      (steps, limit) => {
        const waiting = new WaitingLines(limit)
        const written: number[] = []
        let added = 0
        let lost = 0
        for (const { add, write } of steps) {
          if (add !== undefined) {
            const line = new Uint8Array(add.size).fill(added++ % 256)
            lost += waiting.add(line, add.level, add.isAudit ? KIND.audit : KIND.app, 'full', added)
          }
          if (write !== undefined) {
            const { bytes, ends } = waiting.oldest(write)
            for (const [i, end] of ends.entries()) {
              const start = i === 0 ? 0 : ends[i - 1]
              assert.ok(
                bytes.subarray(start, end).every((byte) => byte === bytes[start]),
                'a line is whole',
              )
              written.push(bytes[start])
            }
            waiting.removeOldest(ends.length)
          }
          assert.ok(waiting.bytes <= limit)
          assert.equal(written.length + waiting.count + lost, added)
        }
        assert.deepEqual(
          written,
          [...written].sort((a, b) => a - b),
        )
        const total = Object.values(waiting.lostByLevel).reduce((sum, count) => sum + count, 0)
        assert.equal(total, lost)
        const rest = waiting.giveUp('the end', 0)
        const gap = waiting.takeLoss()
        assert.equal(gap?.count ?? 0, lost + rest)
        assert.equal(waiting.count, 0)
        assert.equal(waiting.bytes, 0)
      },
    )
    t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
  },
)

t.test(
  'a line is given up only for one of a higher rank: no audit record as long as another line waits',
  async (t) => {
    const lines = fc.array(fc.record({ level: fc.constantFrom(...LEVELS), isAudit: fc.boolean() }), {
      maxLength: 60,
    })
    const property = fc.property(lines, fc.integer({ min: 1, max: 20 }), (lines, room) => {
      const waiting = new WaitingLines(room)
      for (const { level, isAudit } of lines)
        waiting.add(new Uint8Array(1), level, isAudit ? KIND.audit : KIND.app, 'full', 0)
      const lostAudits = waiting.lostByLevel.audit ?? 0
      const audits = lines.filter(({ isAudit }) => isAudit).length
      assert.equal(lostAudits, Math.max(0, audits - room))
      const others = lines.filter(({ isAudit }) => !isAudit).map(({ level }) => level)
      const kept = Math.max(0, Math.min(room, lines.length) - Math.min(audits, room))
      for (const [text, count] of Object.entries(waiting.lostByLevel)) {
        if (text === 'audit') continue
        // 10 ranks with 20.
        const rank = rankOf(Number(text))
        assert.ok(
          count === 0 || others.filter((level) => rankOf(level) >= rank).length > kept,
          `level ${text}`,
        )
      }
    })
    t.doesNotThrow(() => fc.assert(property, { numRuns: 300 }))
  },
)

function rankOf(level: number): number {
  return Math.min(4, Math.max(0, Math.floor(level / 10) - 2))
}
