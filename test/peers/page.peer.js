/**
 * The review's page in the Chromium of Debian: what it shows, sorts, filters and prints, on a screen, a telephone and
 * paper, with a keyboard and for a screen reader, and what hostile text does to it.
 * npm run test:peers -- page, or node test/peers/page.peer.js [ROW ...] for some rows. With SHOTS=FOLDER it leaves
 * pictures there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { reportPage } from '../../build/review/page/page.js'
import { emptyReport, HOSTILE, largeReport, sampleReport, withStrings } from '../review/sample-report.js'
import { runRows } from './rows.js'

const CHROMIUM = '/usr/bin/chromium'
const DESK = { width: 1280, height: 900 }
const TELEPHONE = { width: 320, height: 640 }
const folder = mkdtempSync(join(tmpdir(), 'hushlog-peer-'))
const shots = process.env.SHOTS

install()
if (shots !== undefined) mkdirSync(shots, { recursive: true })
// Chromium refuses to be root inside its sandbox.
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

let contexts = []
let files = 0

/** A page with a report, and all that went wrong on it: the row fails with it. */
async function opened(report, { viewport = DESK, ...options } = {}) {
  const context = await browser.newContext({ viewport, ...options })
  contexts.push(context)
  const page = await context.newPage()
  const file = join(folder, `${files++}.html`)
  writeFileSync(file, reportPage(report))
  const url = pathToFileURL(file).href
  const problems = []
  page.on('console', (message) => problems.push(`console: ${message.text()}`))
  page.on('pageerror', (error) => problems.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    dialog.dismiss()
  })
  page.on('popup', () => problems.push('a window was opened'))
  page.on('request', (request) => {
    if (request.url() !== url) problems.push(`request: ${request.url().slice(0, 80)}`)
  })
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      window.violations = []
      addEventListener('securitypolicyviolation', (event) => {
        window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`)
      })
    })
  }
  await page.goto(url)
  /** Called at the end of a row. */
  const done = async () => {
    if (options.javaScriptEnabled !== false) problems.push(...(await page.evaluate(() => window.violations)))
    if (page.url().split('#')[0] !== url) problems.push(`it went to ${page.url()}`)
    return problems
  }
  return { page, problems, done }
}

async function cleanUp() {
  for (const context of contexts) await context.close()
  contexts = []
}

function check(problems, name, got, wanted) {
  const [a, b] = [JSON.stringify(got), JSON.stringify(wanted)]
  if (a !== b) problems.push(`${name}: ${b} expected, got ${a}`.slice(0, 400))
}

const number = (value) => value.toLocaleString('en')
const columnOf = (page, table, column) =>
  page
    .locator(`#${table} tbody tr:visible`)
    .evaluateAll((rows, i) => rows.map((row) => row.cells[i].textContent), column)
const widthOf = (page) => page.evaluate(() => document.scrollingElement.scrollWidth)

async function content() {
  const report = sampleReport()
  const { page, problems, done } = await opened(report)
  check(problems, 'h1', await page.locator('h1').innerText(), 'Logs of web-1, web-2 and web-3')
  const text = (await page.locator('main').textContent()) + (await page.locator('header').textContent())
  const wanted = [
    ...report.findings.map(({ what }) => what),
    ...report.remarks,
    ...report.requests.operations.flatMap((row) => [
      row.operation,
      number(row.requests),
      number(row.classes[3]),
    ]),
    ...report.requests.series.map((row) => number(row.requests)),
    ...report.logins.byUser.map((row) => row.user),
    ...report.logins.bursts.map((row) => number(row.failed)),
    ...report.audit.denials.flatMap((row) => [row.action, row.actor, row.target ?? '–']),
    ...report.secrets.byOperation.map((row) => number(row.before)),
    ...report.losses.torn.map((row) => row.name),
    ...report.coverage.days,
    ...report.coverage.hosts.flatMap((host) => host.days.map(({ lines }) => number(lines))),
    ...report.directories.flatMap(({ dir, lines }) => [dir, number(lines)]),
    ...report.changes.newOperations,
    '8 findings: 2 critical, 4 warnings, 2 notices.',
    '2026-11-17 00:00 to 2026-11-24 00:00 (7 days). All times are UTC.',
  ]
  check(
    problems,
    'not on the page',
    wanted.filter((value) => !text.includes(value)),
    [],
  )
  const drawn = await page.evaluate(
    () =>
      [...document.querySelectorAll('.plot canvas')].filter((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
        return data.some((value) => value !== 0)
      }).length,
  )
  check(problems, 'charts with something in them', drawn, 4)
  await page.hover('#chart-answered .u-over', { position: { x: 300, y: 60 } })
  const readout = await page.locator('#chart-answered + .readout').innerText()
  if (!/^\d+ Nov \d\d:00: All [\d,]+, 2xx [\d,]+, 3xx [\d,]+$/.test(readout))
    problems.push(`readout: ${readout}`)
  if (shots !== undefined) await page.screenshot({ path: join(shots, 'light.png'), fullPage: true })
  return { numbers: `${wanted.length} values, ${drawn} charts`, problems: await done() }
}

/** Every value of the report, a text of the list with its number before it. */
function filled(turn) {
  const values = []
  const report = withStrings(sampleReport(), (text, path) => {
    // Times of charts stay, so that there are charts.
    if (path === 'requests.step' || /series\.\d+\.at$/.test(path)) return text
    const value = `${values.length}: ${HOSTILE[(values.length + turn) % HOSTILE.length]}`
    values.push(value)
    return value
  })
  return { report, values }
}

const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu
const visible = (text) =>
  text.replace(
    UNSEEN,
    (character) => `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  )

async function hostile() {
  const all = []
  let shown = 0
  const before = await elementsOf(sampleReport())
  for (let turn = 0; turn < HOSTILE.length; turn++) {
    const { report, values } = filled(turn)
    const { page, problems, done } = await opened(report, { viewport: turn % 2 === 0 ? DESK : TELEPHONE })
    const text = await page.evaluate(() => document.body.textContent)
    const missing = values.filter((value) => !text.includes(visible(value.slice(0, 500))))
    check(
      problems,
      'not shown as text',
      missing.map((value) => value.slice(0, 60)),
      [],
    )
    shown += values.length - missing.length
    const strange = await page.evaluate(
      (known) =>
        [...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName))].filter(
          (name) => !known.includes(name),
        ),
      before,
    )
    check(problems, 'elements that were not made', strange, [])
    if (turn % 2 === 1) check(problems, 'width', await widthOf(page), TELEPHONE.width)
    // What is sorted, looked for and opened stays text.
    await page.locator('#operations button').first().click()
    await page.locator('#operations input').fill('script')
    await page.locator('summary').first().click()
    if (shots !== undefined && turn < 2)
      await page.screenshot({ path: join(shots, `hostile-${turn}.png`), fullPage: true })
    all.push(...(await done()))
    await cleanUp()
  }
  return { numbers: `${HOSTILE.length} pages, ${shown} hostile values shown`, problems: all }
}

async function elementsOf(report) {
  const { page } = await opened(report)
  return page.evaluate(() => [
    ...new Set([...document.querySelectorAll('*')].map(({ localName }) => localName)),
  ])
}

async function sorting() {
  const report = sampleReport()
  const { page, problems, done } = await opened(report)
  const by = (name) => page.locator('#operations').getByRole('button', { name, exact: true })
  const sortOf = (i) => page.locator('#operations thead th').nth(i).getAttribute('aria-sort')
  const operations = report.requests.operations
  await by('5xx').click()
  const most = [...operations].sort((a, b) => b.classes[4] - a.classes[4])
  check(
    problems,
    'by 5xx',
    await columnOf(page, 'operations', 5),
    most.map(({ classes }) => number(classes[4])),
  )
  check(problems, 'aria-sort', await sortOf(5), 'descending')
  await by('Operation').click()
  const names = operations.map(({ operation }) => operation).sort((a, b) => a.localeCompare(b, 'en'))
  check(problems, 'by name', await columnOf(page, 'operations', 0), names)
  check(problems, 'aria-sort of the name', await sortOf(0), 'ascending')
  check(problems, 'aria-sort of another', await sortOf(5), null)
  await by('Longest').click()
  await by('Longest').click()
  const longest = await columnOf(page, 'operations', 11)
  check(problems, 'nothing known is last', longest.at(-1), '–')
  const known = operations.flatMap(({ latency }) => latency?.max ?? []).sort((a, b) => a - b)
  const inMs = longest.slice(0, -1).map((text) => Number.parseFloat(text) * (text.includes('ms') ? 1 : 1000))
  const isSame = inMs.every((value, i) => Math.abs(value - known[i]) / known[i] < 0.01)
  check(problems, 'times in their order', isSame, true)
  return { numbers: `${operations.length} operations in 3 orders`, problems: await done() }
}

async function filtering() {
  const { page, problems, done } = await opened(largeReport(300))
  const box = page.locator('#operations')
  const told = () => box.locator('output').innerText()
  const rows = () => box.locator('tbody tr:visible').count()
  check(problems, 'told before', await told(), '300 rows, the first 15 shown')
  check(problems, 'rows before', await rows(), 15)
  const input = page.getByLabel('Filter Operations')
  await input.fill('post CART')
  const found = largeReport(300).requests.operations.filter(({ operation }) =>
    /POST .*cart/.test(operation),
  ).length
  check(problems, 'told', await told(), `${found} of 300 rows`)
  check(problems, 'rows', await rows(), found)
  check(problems, 'live', await box.locator('output').getAttribute('aria-live'), 'polite')
  await input.fill('nothing like it')
  check(problems, 'told of none', await told(), '0 of 300 rows')
  await input.fill('')
  await box.getByRole('button', { name: 'Show all 300 rows' }).click()
  check(problems, 'all', [await rows(), await told()], [300, '300 rows'])
  await box.getByRole('button', { name: 'Show 15 rows' }).click()
  check(problems, 'folded again', await rows(), 15)
  return { numbers: `${found} of 300 rows`, problems: await done() }
}

async function keyboard() {
  const { page, problems, done } = await opened(sampleReport())
  const focused = () => page.evaluate(() => document.activeElement?.textContent?.slice(0, 40) ?? '')
  await page.keyboard.press('Tab')
  check(problems, 'first', await focused(), 'Skip to the report')
  const box = await page.locator('.skip').boundingBox()
  check(problems, 'the skip link is seen', box !== null && box.x >= 0, true)
  await page.keyboard.press('Enter')
  check(problems, 'skipped to', await page.evaluate(() => document.activeElement?.id), 'main')
  const seen = []
  let outlined = 0
  for (let i = 0; i < 200; i++) {
    await page.keyboard.press('Tab')
    const state = await page.evaluate(() => {
      const element = document.activeElement
      if (element === null || element === document.body) return null
      const { outlineStyle, outlineWidth } = getComputedStyle(element)
      const name =
        element.textContent || element.labels?.[0]?.textContent || element.getAttribute('aria-label')
      return { name: name.slice(0, 40), isOutlined: outlineStyle !== 'none' && outlineWidth !== '0px' }
    })
    if (state === null) break
    seen.push(state.name)
    if (state.isOutlined) outlined++
    if (state.name === 'Requests per hour, as a table') await page.keyboard.press('Enter')
    if (state.name === 'Errors' && seen.filter((name) => name === 'Errors').length === 2)
      await page.keyboard.press('Space')
  }
  check(problems, 'focus that is seen', outlined, seen.length)
  check(problems, 'opened by Enter', await page.locator('details').first().getAttribute('open'), '')
  check(problems, 'sorted by Space', await page.locator('#operations [aria-sort]').innerText(), 'Errors')
  for (const name of ['Integrity', 'Failed logins', 'Filter Operations', 'Actor'])
    if (!seen.includes(name)) problems.push(`Tab does not reach ${name}`)
  return { numbers: `${seen.length} places`, problems: await done() }
}

/** Of the text of every element that has some of its own, against the ground under it. */
function contrasts() {
  const channels = (colour) => colour.match(/[\d.]+/g).map(Number)
  const light = (colour) => {
    const [r, g, b] = channels(colour).map((value) => {
      const share = value / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor
      if ((channels(colour)[3] ?? 1) === 1) return colour
    }
    return 'rgb(255, 255, 255)'
  }
  const worst = new Map()
  for (const element of document.querySelectorAll('body *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
    if (!hasText || ['SCRIPT', 'STYLE'].includes(element.tagName) || element.closest('.vh') !== null) continue
    const colour = getComputedStyle(element).color
    const under = ground(element)
    const [a, b] = [light(colour), light(under)].sort((x, y) => y - x)
    worst.set(`${colour} on ${under}`, (a + 0.05) / (b + 0.05))
  }
  return [...worst]
}

async function schemes() {
  const all = []
  const least = []
  for (const colorScheme of ['light', 'dark']) {
    const { page, problems, done } = await opened(filled(0).report, { colorScheme })
    const pairs = await page.evaluate(contrasts)
    least.push(Math.min(...pairs.map(([, ratio]) => ratio)))
    check(
      problems,
      'contrasts under 4.5',
      pairs.filter(([, ratio]) => ratio < 4.5),
      [],
    )
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
    check(
      problems,
      'ground',
      await ground(),
      colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 24, 28)',
    )
    // The charts follow while the page is open.
    const inkOf = () =>
      page.evaluate(
        () =>
          document.querySelector('.plot canvas').toDataURL().length +
          document.querySelector('.plot canvas').toDataURL().slice(-400),
      )
    const before = await inkOf()
    await page.emulateMedia({ colorScheme: colorScheme === 'light' ? 'dark' : 'light' })
    await page.waitForTimeout(100)
    if ((await inkOf()) === before) problems.push(`the charts stay ${colorScheme}`)
    all.push(...(await done()))
  }
  if (shots !== undefined) {
    const { page } = await opened(sampleReport(), { colorScheme: 'dark' })
    await page.screenshot({ path: join(shots, 'dark.png'), fullPage: true })
  }
  return {
    numbers: `contrast ${least.map((ratio) => ratio.toFixed(2)).join(' and ')} at least`,
    problems: all,
  }
}

async function telephone() {
  const all = []
  for (const report of [sampleReport(), emptyReport(), largeReport(50)]) {
    const { page, problems, done } = await opened(report, { viewport: TELEPHONE })
    check(problems, 'width', await widthOf(page), 320)
    await page
      .locator('summary')
      .evaluateAll((summaries) => summaries.forEach((summary) => void summary.click()))
    check(problems, 'width with the numbers open', await widthOf(page), 320)
    // A table that is wider scrolls in its own box, which the keyboard reaches and a screen reader names.
    const boxes = await page
      .locator('.scroll.wide')
      .evaluateAll((boxes) =>
        boxes.map((box) => [
          box.tabIndex,
          box.getAttribute('role'),
          box.getAttribute('aria-label').length > 20,
        ]),
      )
    check(
      problems,
      'boxes that scroll',
      boxes.filter((box) => JSON.stringify(box) !== '[0,"region",true]'),
      [],
    )
    if (shots !== undefined && report.findings.length === 8)
      await page.screenshot({ path: join(shots, '320.png'), fullPage: true })
    all.push(...(await done()))
  }
  return { numbers: '3 reports, 320 px', problems: all }
}

async function paper() {
  const { page, problems, done } = await opened(largeReport(60), { colorScheme: 'dark' })
  await page.getByLabel('Filter Operations').fill('cart')
  await page.emulateMedia({ media: 'print' })
  await page.waitForTimeout(100)
  const seen = await page.evaluate(() => {
    const isSeen = (element) => element.getClientRects().length > 0
    const all = (selector) => [...document.querySelectorAll(selector)]
    return {
      rows: all('tbody tr').every(isSeen),
      numbers: all('details.numbers tbody tr').length,
      controls: all('input, .fold, nav, summary, .skip, output').filter(isSeen).length,
      charts: all('.plot canvas').filter(isSeen).length,
      widest: Math.max(...all('.plot canvas').map((canvas) => canvas.clientWidth)),
      ground: getComputedStyle(document.documentElement).backgroundColor,
    }
  })
  const { widest, ...rest } = seen
  check(problems, 'on paper', rest, {
    rows: true,
    numbers: 2 * 168,
    controls: 0,
    charts: 4,
    ground: 'rgb(255, 255, 255)',
  })
  if (widest > 688) problems.push(`a chart of ${widest} pixels is wider than the paper`)
  await page.emulateMedia({ media: 'screen' })
  await page.waitForTimeout(100)
  const isOpen = await page.locator('details').first().getAttribute('open')
  check(problems, 'after printing, the numbers', isOpen, null)
  check(
    problems,
    'after printing, the filter',
    (await page.locator('#operations tbody tr:visible').count()) < 60,
    true,
  )
  const pdf = await (await opened(sampleReport(), { colorScheme: 'dark' })).page.pdf({
    preferCSSPageSize: true,
    printBackground: false,
  })
  const sheets = pdf.toString('latin1').split('/Type /Page\n').length - 1
  const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf.toString('latin1')) ?? []
  check(problems, 'A4', [Math.round(width / 2.8346), Math.round(height / 2.8346)], [210, 297])
  if (sheets < 5 || sheets > 20) problems.push(`${sheets} sheets`)
  if (shots !== undefined) writeFileSync(join(shots, 'print.pdf'), pdf)
  return { numbers: `${sheets} sheets of A4`, problems: await done() }
}

async function withoutScript() {
  const { page, problems, done } = await opened(sampleReport(), { javaScriptEnabled: false })
  const rows = await page.locator('tbody tr').count()
  check(problems, 'rows that are seen', await page.locator('tbody tr:visible').count(), rows)
  check(problems, 'controls', await page.locator('button, input').count(), 0)
  check(problems, 'empty charts', await page.locator('figure:visible').count(), 0)
  return { numbers: `${rows} rows`, problems: await done() }
}

async function screenReader() {
  const { page, problems, done } = await opened(sampleReport())
  await page
    .locator('summary')
    .evaluateAll((summaries) => summaries.forEach((summary) => void summary.click()))
  const snapshot = await page.locator('body').ariaSnapshot()
  const wanted = [
    '- banner:',
    '- navigation "Sections":',
    '- main:',
    '- contentinfo:',
    '- heading "Logs of web-1, web-2 and web-3" [level=1]',
    '- heading "Findings" [level=2]',
    'img "Requests per hour. Line chart from 2026-11-17 00:00 to 2026-11-23 23:00. All: ',
    'img "Failed requests per hour. ',
    'img "Latency. ',
    'img "Logins per hour. ',
    '- table "Requests per hour 168":',
    '- table "Operations 14":',
    '- table "Bursts of failed logins 2":',
    '- table "Days of each host, the oldest first":',
    '- columnheader "5xx"',
    '- rowheader "GET /products/:id"',
    '- rowheader "web-2"',
    '- cell "silent"',
    '- cell "not begun"',
    '- searchbox "Filter Operations"',
    '- button "Longest"',
  ]
  check(
    problems,
    'not said',
    wanted.filter((line) => !snapshot.includes(line)),
    [],
  )
  const unnamed = await page.evaluate(() =>
    [...document.querySelectorAll('table, section, nav, [role=img], [role=region], input, button')]
      .filter((element) => {
        const labelled = document.getElementById(element.getAttribute('aria-labelledby') ?? '')
        const name =
          element.getAttribute('aria-label') || labelled?.textContent || element.caption?.textContent
        return !(name || element.labels?.[0]?.textContent || element.textContent.trim())
      })
      .map((element) => element.outerHTML.slice(0, 80)),
  )
  check(problems, 'without a name', unnamed, [])
  return { numbers: `${snapshot.split('\n').length} lines said`, problems: await done() }
}

async function large() {
  const { page, done } = await opened(largeReport(1000))
  const times = await page.evaluate(() => {
    const measured = []
    for (const table of ['operations', 'logins-by-user', 'denials']) {
      for (const button of document.querySelectorAll(`#${table} th button`)) {
        const start = performance.now()
        button.click()
        measured.push(performance.now() - start)
      }
    }
    const input = document.querySelector('#operations input')
    input.value = 'cart'
    const start = performance.now()
    input.dispatchEvent(new Event('input'))
    return { sort: Math.max(...measured), filter: performance.now() - start }
  })
  const late = times.sort > 100 || times.filter > 100 ? ['sorting or filtering over 100 ms'] : []
  const numbers = `1,000 rows a table: slowest sort ${times.sort.toFixed(0)} ms, filter ${times.filter.toFixed(0)} ms`
  return { numbers, problems: await done(), late }
}

function install() {
  if (existsSync(CHROMIUM)) return
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  spawnSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' })
  const args = ['install', '-qq', '-y', '--no-install-recommends', 'chromium']
  const { status, stderr } = spawnSync('apt-get', args, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`chromium cannot be installed: ${stderr.slice(-500)}`)
}

const ROWS = {
  'the page shows what the report holds': content,
  'hostile text in every field': hostile,
  sorting,
  'filtering and folding': filtering,
  keyboard,
  'light and dark': schemes,
  telephone,
  paper,
  'without its script': withoutScript,
  'for a screen reader': screenReader,
  'a large report': large,
}
await runRows(ROWS, process.argv.slice(2), cleanUp)
