import t from 'tap'
import { isRequestId } from '../../lib/id.ts'
import { parseTraceparent, requestId, traceFields } from '../../lib/request/request-id.ts'

const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const settings = { requestIdHeader: 'X-Request-Id', trustRequestId: false as const, genReqId: undefined }
const req = (id?: string | string[], name = 'x-request-id') => ({ headers: { [name]: id } })

t.test('an inbound id is used only if the caller is trusted and the id is one', async (t) => {
  t.match(requestId(req('from-a-client'), undefined, settings), UUID7, 'nobody is trusted by default')
  const trusting = { ...settings, trustRequestId: true }
  t.equal(requestId(req('from-a-proxy_1.2'), undefined, trusting), 'from-a-proxy_1.2')
  t.equal(requestId(req('abc', 'x-trace'), undefined, { ...trusting, requestIdHeader: 'X-Trace' }), 'abc')
  t.match(requestId(req(), undefined, trusting), UUID7)
  for (const forged of [
    '',
    'a'.repeat(65),
    'a'.repeat(8192),
    'a"b',
    'a b',
    'a\u0085',
    'a\n',
    '<script>',
    'ä',
    ['a', 'b'],
  ]) {
    t.match(requestId(req(forged), undefined, trusting), UUID7, `${forged.slice(0, 20)} is refused`)
  }
})

t.test('whom to trust can be asked, and only the answer true counts', async (t) => {
  const asked: unknown[] = []
  const by = (answer: unknown) => ({
    ...settings,
    trustRequestId: (req: unknown) => {
      asked.push(req)
      return answer as boolean
    },
  })
  const request = req('inbound')
  t.equal(requestId(request, undefined, by(true)), 'inbound')
  t.match(requestId(request, undefined, by('yes')), UUID7)
  t.match(requestId(request, undefined, by(false)), UUID7)
  t.match(requestId(req(), undefined, by(true)), UUID7)
  t.same(asked, [request, request, request], 'nobody is asked where no id came')
  const throwing = () => {
    throw new Error('no')
  }
  t.match(requestId(request, undefined, { ...settings, trustRequestId: throwing }), UUID7)
})

t.test('genReqId makes the id, unless it makes none or throws', async (t) => {
  const made = (id: unknown) =>
    requestId(req('inbound'), 'res', { ...settings, trustRequestId: true, genReqId: () => id })
  t.equal(made('mine-1'), 'mine-1')
  t.equal(made(42), '42')
  for (const bad of ['a b', '', undefined, null, {}, -1.5e300, 'x'.repeat(65)]) {
    const id = made(bad)
    t.ok(isRequestId(id), `${bad} gives an id`)
    t.not(id, 'inbound', 'and never the inbound one')
  }
  const given: unknown[] = []
  requestId(req(), 'res', { ...settings, genReqId: (...args) => given.push(...args) })
  t.same(given, [req(), 'res'])
  const throwing = () => {
    throw new Error('no')
  }
  t.match(requestId(req(), undefined, { ...settings, genReqId: throwing }), UUID7)
})

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'
const VALID = `00-${TRACE}-${SPAN}-01`

t.test('a traceparent is taken only if it is exactly as the Recommendation says', async (t) => {
  const ids = { traceId: TRACE, spanId: SPAN }
  t.same(parseTraceparent(VALID), ids)
  t.same(parseTraceparent(`00-${TRACE}-${SPAN}-ff`), ids, 'any flags')
  t.same(parseTraceparent(`cc-${TRACE}-${SPAN}-01`), ids, 'a later version of the same length')
  t.same(parseTraceparent(`cc-${TRACE}-${SPAN}-01-what-the-future-brings`), ids, 'a longer later version')
  for (const bad of [
    undefined,
    '',
    VALID.slice(0, -1),
    `${VALID} `,
    `${VALID}-01`,
    `${VALID}, ${VALID}`,
    `ff-${TRACE}-${SPAN}-01`,
    `0x-${TRACE}-${SPAN}-01`,
    `cc-${TRACE}-${SPAN}-01.x`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-0g`,
    `00_${TRACE}-${SPAN}-01`,
    `00-${TRACE}_${SPAN}-01`,
    `00-${TRACE}-${SPAN}_01`,
    `00-${TRACE.slice(1)}"-${SPAN}-01`,
    `00-${TRACE}-${SPAN.slice(1)}\n-01`,
  ]) {
    t.equal(parseTraceparent(bad), undefined, JSON.stringify(bad))
  }
})

t.test('the fields of a trace are ready to stand in a line', async (t) => {
  t.equal(traceFields(VALID), `,"trace_id":"${TRACE}","span_id":"${SPAN}"`)
  t.same(JSON.parse(`{"a":1${traceFields(VALID)}}`), { a: 1, trace_id: TRACE, span_id: SPAN })
  t.equal(traceFields('nonsense'), '')
  t.equal(traceFields([VALID]), '')
  t.equal(traceFields(undefined), '')
})
