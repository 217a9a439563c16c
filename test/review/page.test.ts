import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import t from 'tap'
import { SCRIPT, STYLE } from '../../lib/review/page/assets.ts'
import { holds, nextDirection, sorted } from '../../lib/review/page/client/order.ts'
import { bytes, count, duration, moment, percent, span } from '../../lib/review/page/format.ts'
import { attributes, html, json, markupOf } from '../../lib/review/page/html.ts'
import { reportPage } from '../../lib/review/page/page.ts'
import { isUnseen } from '../../lib/review/page/unseen.ts'
import type { Report } from '../../lib/review/report.ts'
import { pageModule } from '../../scripts/build-page.js'
import { emptyReport, HOSTILE, largeReport, sampleReport, withStrings } from './sample-report.js'

const seed = Number(process.env.HUSHLOG_SEED ?? Date.now() % 2 ** 31)
t.comment(`seed ${seed}; HUSHLOG_SEED sets it`)

type Token =
  | { kind: 'open'; name: string; attributes: Map<string, string> }
  | { kind: 'close'; name: string }
  | { kind: 'text'; text: string }

/** Elements without content, and those whose content is no markup. */
const VOID = ['meta', 'circle', 'path']
const RAW = ['script', 'style']
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

/** As the HTML standard reads it, and strict: what a browser would have to forgive is an error. */
function tokensOf(page: string): Token[] {
  const tokens: Token[] = []
  const open: string[] = []
  let at = 0
  const fail = (why: string): never => {
    throw new Error(`${why} at ${at}: ${page.slice(Math.max(0, at - 60), at + 60)}`)
  }
  const expect = (pattern: RegExp) => {
    pattern.lastIndex = at
    const found = pattern.exec(page) ?? fail(`${pattern} expected`)
    at = pattern.lastIndex
    return found
  }
  expect(/<!doctype html>/y)
  while (at < page.length) {
    const inside = open.at(-1) ?? ''
    if (RAW.includes(inside)) {
      const end = page.toLowerCase().indexOf(`</${inside}`, at)
      tokens.push({ kind: 'text', text: page.slice(at, end) })
      at = end
    }
    if (page.startsWith('</', at)) {
      const [, name] = expect(/<\/([a-z][a-z0-9]*)>/y)
      if (open.pop() !== name) fail(`</${name}> closes another element`)
      tokens.push({ kind: 'close', name })
    } else if (page[at] === '<') {
      const [, name] = expect(/<([a-z][a-z0-9]*)/y)
      const found = new Map<string, string>()
      while (!/[>/]/.test(page[at])) {
        const [, attribute, , value] = expect(/ ([A-Za-z][A-Za-z-]*)(="([^"<>]*)")?/y)
        if (found.has(attribute)) fail('an attribute stands twice')
        found.set(attribute, decoded(value ?? ''))
      }
      const [, slash] = expect(/(\/?)>/y)
      if (slash === '' && !VOID.includes(name)) open.push(name)
      tokens.push({ kind: 'open', name, attributes: found })
    } else {
      const [text] = expect(/[^<]+/y)
      tokens.push({ kind: 'text', text: decoded(text) })
    }
  }
  if (open.length > 0) fail(`${open} not closed`)
  return tokens
}

function decoded(text: string): string {
  if (/[>"']/.test(text)) throw new Error(`not escaped: ${text.slice(0, 80)}`)
  return text.replace(/&([^;]*;?)/g, (_all, name) => {
    const character = ENTITIES[name.slice(0, -1)]
    if (character === undefined) throw new Error(`unknown entity ${name}`)
    return character
  })
}

function textOf(page: string): string {
  return tokensOf(page)
    .map((token) => (token.kind === 'text' ? token.text : ''))
    .join('')
}

/** Elements and names of attributes, without what only tells of a value that it was cut or cannot be seen. */
function structureOf(page: string): string[] {
  const shape: string[] = []
  let skipped = 0
  for (const token of tokensOf(page)) {
    if (token.kind === 'text') continue
    const isOurs = token.kind === 'open' && ['cc', 'more'].includes(token.attributes.get('class') as string)
    if (isOurs || skipped > 0) skipped += token.kind === 'open' ? 1 : -1
    else
      shape.push(token.kind === 'open' ? `${token.name} ${[...token.attributes.keys()]}` : `/${token.name}`)
  }
  return shape
}

const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\ufffe\uffff]/u

/** How a value must show. */
function visible(text: string): string {
  return [...text]
    .map((character) => {
      const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
      return UNSEEN.test(character) ? `U+${code}` : character
    })
    .join('')
}

const SHOWN_CHARACTERS = 500
/** Chooses between words of ours, and is not shown itself. */
const NOT_SHOWN = ['requests.step']

/** Each string of the report is another one of the texts, with its own number before it. */
function filledWith(texts: readonly string[]): { report: Report; values: string[] } {
  const values: string[] = []
  const report = withStrings(sampleReport(), (_text, path) => {
    if (NOT_SHOWN.includes(path)) return _text
    const value = `${values.length}: ${texts[values.length % texts.length]}`
    values.push(value)
    return value
  })
  return { report, values }
}

const harmless = structureOf(reportPage(filledWith(['x']).report))

t.test('hostile texts in any field are text, and add no element and no attribute', async (t) => {
  for (let turn = 0; turn < 3; turn++) {
    const texts = HOSTILE.slice(turn * 7).concat(HOSTILE.slice(0, turn * 7))
    const { report, values } = filledWith(texts)
    const page = reportPage(report)
    t.strictSame(structureOf(page), harmless)
    const text = textOf(page)
    const missing = values.filter((value) => !text.includes(visible(value.slice(0, SHOWN_CHARACTERS))))
    t.strictSame(
      missing.map((value) => value.slice(0, 80)),
      [],
    )
    t.ok(values.length > 500, `${values.length} values`)
    t.ok(page.length < 500_000, `${page.length} characters: no value fills the page`)
  }
})

t.test(
  'whatever strings a report holds, the page has the elements that we made and shows them',
  async (t) => {
    const markup = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      '</',
      '<!--',
      'script',
      '=',
      '`',
      ' ',
      '\n',
      '\0',
      '\u202e',
    )
    const soup = fc
      .array(fc.oneof(markup, fc.string({ unit: 'binary' })), { maxLength: 12 })
      .map((all) => all.join(''))
    const check = fc.property(fc.array(soup, { minLength: 1, maxLength: 20 }), (texts) => {
      const { report, values } = filledWith(texts)
      const page = reportPage(report)
      const text = textOf(page)
      const isSame = JSON.stringify(structureOf(page)) === JSON.stringify(harmless)
      return isSame && values.every((value) => text.includes(visible(value)))
    })
    t.doesNotThrow(() => fc.assert(check, { seed, numRuns: 25 }))
  },
)

t.test('whatever numbers a report holds, the page is made and parses', async (t) => {
  const numbers = fc.array(fc.double(), { minLength: 1, maxLength: 20 })
  const check = fc.property(numbers, (some) => {
    let next = 0
    const copy = JSON.parse(JSON.stringify(sampleReport()), (_key, value) =>
      typeof value === 'number' ? some[next++ % some.length] : value,
    )
    tokensOf(reportPage(copy))
  })
  t.doesNotThrow(() => fc.assert(check, { seed, numRuns: 10 }))
})

t.test('the policy allows our script and our style by their hashes, and nothing else', async (t) => {
  const tokens = tokensOf(reportPage(sampleReport()))
  const contentOf = (name: string, i: number) => {
    const opens = tokens.flatMap((token, at) => (token.kind === 'open' && token.name === name ? [at] : []))
    const token = tokens[opens[i] + 1]
    return token.kind === 'text' ? token.text : ''
  }
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`
  const policies = tokens.flatMap((token) => {
    const isPolicy = token.kind === 'open' && token.attributes.get('http-equiv') === 'Content-Security-Policy'
    return isPolicy ? [token.attributes.get('content')] : []
  })
  t.strictSame(policies, [
    [
      "default-src 'none'",
      `script-src ${hash(contentOf('script', 1))}`,
      `style-src ${hash(contentOf('style', 0))}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
  ])
  const loading = ['src', 'srcset', 'style', 'action', 'onclick', 'onload']
  const found = tokens.flatMap((token) =>
    token.kind === 'open' ? [...token.attributes].filter(([name, value]) => isLoading(name, value)) : [],
  )
  function isLoading(name: string, value: string): boolean {
    return loading.includes(name) || (name === 'href' && !/^#[a-z]+$/.test(value))
  }
  t.strictSame(found, [])
})

t.test('the data of the charts is JSON that cannot end its element', async (t) => {
  const hostile = { text: '</script><!--\u2028\u2029&', numbers: [1, null] }
  const text = markupOf(json(hostile))
  t.notMatch(text, /[<>&\u2028\u2029]/)
  t.strictSame(JSON.parse(text), hostile)
  const page = reportPage(sampleReport())
  const [, data] = /<script type="application\/json" id="charts">(.*?)<\/script>/.exec(
    page,
  ) as RegExpExecArray
  const charts: { id: string; times: number[]; series: { values: (number | null)[] }[] }[] = JSON.parse(data)
  t.strictSame(
    charts.map(({ id }) => id),
    ['chart-answered', 'chart-failed', 'chart-latency', 'chart-logins'],
  )
  const { series } = sampleReport().requests
  t.strictSame(
    charts[0].series[0].values.slice(0, -1),
    series.map(({ requests }) => requests),
  )
  t.strictSame(
    charts[1].series[0].values.slice(0, -1),
    series.map(({ classes }) => classes[4]),
  )
  t.strictSame(
    charts[0].times.slice(0, -1),
    series.map(({ at }) => Date.parse(at) / 1000),
  )
  t.ok(charts.every(({ times, series }) => series.every(({ values }) => values.length === times.length)))
})

t.test('what can stand in a template is escaped where it stands, and refused in a tag', async (t) => {
  const value = '<b a="1">&\u202e'
  t.equal(
    markupOf(html`<p title="${value}">${value}</p>`),
    '<p title="&lt;b a=&quot;1&quot;&gt;&amp;[U+202E]"><bdi>&lt;b a=&quot;1&quot;&gt;&amp;<span class="cc">U+202E</span></bdi></p>',
  )
  t.equal(
    markupOf(html`<p${attributes({ id: '"', hidden: null })}>${[1, null, html`<i></i>`]}</p>`),
    '<p id="&quot;">1<i></i></p>',
  )
  t.throws(() => html`<p ${value}></p>`, {
    name: 'TypeError',
    message: 'only attributes() may stand inside a tag',
  })
  t.throws(() => html`<${value}>`, TypeError)
  // An object that was not made here is no markup, whatever it looks like.
  t.match(markupOf(html`<p>${JSON.parse('{"markup":"<b>"}')}</p>`), '[object Object]')
})

t.test('what Unicode calls invisible or a control is named, what has a shape stays', async (t) => {
  const wrong: string[] = []
  for (let code = 0; code <= 0x10ffff; code++) {
    const character = String.fromCodePoint(code)
    const mustBeNamed = UNSEEN.test(character)
    const mustStay = !mustBeNamed && /[\p{L}\p{N}\p{P}\p{S}\p{Zs}]/u.test(character)
    if (isUnseen(code) ? mustStay : mustBeNamed) wrong.push(code.toString(16))
  }
  t.strictSame(wrong, [])
})

t.test('a long value is cut with the number of characters that are left, never within a pair', async (t) => {
  const page = markupOf(html`<p>${`${'a'.repeat(499)}\u{1f600}${'b'.repeat(2000)}`}</p>`)
  t.equal(page, `<p><bdi>${'a'.repeat(499)}</bdi><span class="more"> and 2,002 more characters</span></p>`)
})

t.test('numbers and times are written in one way', async (t) => {
  const nbsp = '\u00a0'
  t.strictSame([count(1234567), count(0), count(null), count(Number.NaN)], ['1,234,567', '0', '–', '–'])
  t.strictSame(
    [0, 0.2, 12.34, 999, 1500, -3417, 150_000, 9_000_000].map(duration),
    [`0 ms`, `under 1 ms`, `12.3 ms`, `999 ms`, `1.5 s`, `−3.42 s`, `2.5 min`, `2.5 h`].map((text) =>
      text.replaceAll(' ', nbsp),
    ),
  )
  t.strictSame(
    [0, 999, 1000, 999_600, 4.1e9, 1e18, -1].map(bytes),
    ['0 bytes', '999 bytes', '1 KB', '1 MB', '4.1 GB', '1,000 PB', '–'].map((text) =>
      text.replaceAll(' ', nbsp),
    ),
  )
  t.strictSame(
    [
      percent(0, 5),
      percent(1, 1e6),
      percent(7, 10_000),
      percent(1, 3),
      percent(9999, 10_000),
      percent(5, 5),
      percent(1, 0),
    ],
    ['0 %', 'under 0.01 %', '0.07 %', '33 %', '99 %', '100 %', '–'].map((text) => text.replaceAll(' ', nbsp)),
  )
  t.equal(span('2026-11-17T00:00:00.000Z', '2026-11-24T00:00:00.000Z'), '7 days')
  t.equal(span('2026-11-17T00:00:00.000Z', '2026-11-17T13:00:00.000Z'), '13 hours')
  t.equal(span('yesterday', 'today'), null)
  t.equal(markupOf(html`${moment('2026-11-24T02:29:31.123Z')}`), '2026-11-24 02:29:31')
  for (const text of ['2026-13-45T00:00:00.000Z', 'x 5', '1', '2026-11-24T02:29:31+01:00']) {
    t.equal(markupOf(html`${moment(text)}`), `<bdi>${text}</bdi>`)
  }
})

t.test('a page of 1,000 rows in every table has all of them in less than 3 MB', async (t) => {
  const report = largeReport(1000)
  const page = reportPage(report)
  t.ok(Buffer.byteLength(page) < 3_000_000, `${Buffer.byteLength(page)} bytes`)
  const text = textOf(page)
  for (const { operation } of report.requests.operations) if (!text.includes(operation)) t.fail(operation)
  t.ok(page.split('<th scope="row"').length > 15_000)
})

t.test('a section without content says so in a sentence', async (t) => {
  const text = textOf(reportPage(emptyReport()))
  for (const sentence of [
    'Nothing was found that somebody should look at.',
    'No requests were logged in this period.',
    'Nobody logged in or tried to in this period.',
    'No audit records were written in this period.',
    'No secrets were cut out of the lines of this period.',
    'No line was lost, no file was torn and no clock was set in this period.',
    'No host has written to these directories.',
    'There is no directory to verify.',
    'Nothing is shipped: the only copy is the one on the host.',
    'No earlier review is recorded.',
    'No directory was given.',
    'Nothing was cut or left out.',
  ]) {
    t.ok(text.includes(sentence), sentence)
  }
})

t.test('one h1, no heading that skips a level, ids that are unique, links that lead somewhere', async (t) => {
  for (const report of [sampleReport(), emptyReport()]) {
    const opened = tokensOf(reportPage(report)).filter((token) => token.kind === 'open')
    const levels = opened.filter(({ name }) => /^h\d$/.test(name)).map(({ name }) => Number(name[1]))
    t.equal(levels.filter((level) => level === 1).length, 1)
    t.ok(levels.every((level, i) => i === 0 || level <= levels[i - 1] + 1))
    const ids = opened.flatMap(({ attributes }) => attributes.get('id') ?? [])
    t.equal(new Set(ids).size, ids.length)
    const named = ['href', 'aria-labelledby', 'aria-describedby'].flatMap((name) =>
      opened.flatMap(({ attributes }) => attributes.get(name)?.replace('#', '') ?? []),
    )
    t.strictSame(
      named.filter((id) => !ids.includes(id)),
      [],
    )
    for (const name of ['header', 'nav', 'main', 'footer'])
      t.equal(opened.filter((tag) => tag.name === name).length, 1)
    const tables = opened.filter(({ name }) => name === 'table').length
    t.equal(opened.filter(({ name }) => name === 'caption').length, tables)
  }
})

t.test('rows are ordered by number or by text, with nothing known at the end', async (t) => {
  t.strictSame(sorted([3, null, 10, 2], 'ascending'), [3, 0, 2, 1])
  t.strictSame(sorted([3, null, 10, 2], 'descending'), [2, 0, 3, 1])
  t.strictSame(sorted(['b10', 'a', 'b2', 'a'], 'ascending'), [1, 3, 2, 0])
  t.equal(nextDirection('text', null), 'ascending')
  t.equal(nextDirection('number', null), 'descending')
  t.equal(nextDirection('time', 'descending'), 'ascending')
  const check = fc.property(fc.array(fc.option(fc.double({ noNaN: true }))), (keys) => {
    const places = sorted(keys, 'ascending')
    const inOrder = places.map((place) => keys[place])
    t.strictSame(
      [...places].sort((a, b) => a - b),
      [...keys.keys()],
    )
    return inOrder.every(
      (key, i) => i === 0 || key === null || (inOrder[i - 1] ?? Number.POSITIVE_INFINITY) <= key,
    )
  })
  t.doesNotThrow(() => fc.assert(check, { seed, numRuns: 50 }))
  t.ok(holds('GET /Orders/:id 200', 'orders get'))
  t.notOk(holds('GET /orders', 'post'))
})

t.test(
  'the module with the script and the style is what the build makes, with the licence of uPlot',
  async (t) => {
    const committed = fileURLToPath(new URL('../../lib/review/page/assets.ts', import.meta.url))
    t.equal(await pageModule(), readFileSync(committed, 'utf8'))
    t.match(SCRIPT, 'Copyright (c) 2022 Leon Sorokin')
    t.match(SCRIPT, 'The above copyright notice and this permission notice shall be included')
    t.notMatch(STYLE, /url\(|@import|https?:/)
    t.notMatch(SCRIPT, /\beval\(|new Function|innerHTML|fetch\(|XMLHttpRequest|WebSocket|sendBeacon/)
  },
)
