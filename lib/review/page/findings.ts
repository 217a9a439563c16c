/** The first thing that is read: what somebody should look at. */
import type { Report, ReportFinding } from '../report.ts'
import { count, counted } from './format.ts'
import { type Html, html, sentence, words } from './html.ts'
import { badge, GOOD, labelled, signOf } from './icon.ts'

/** The section that tells more of each kind, and its name. */
const PLACES = new Map<string, [string, string]>([
  ['integrity', ['integrity', 'Integrity']],
  ['unreadable', ['directories', 'Directories']],
  ['missing-directory', ['directories', 'Directories']],
  ['gaps', ['losses', 'Losses']],
  ['silent-days', ['coverage', 'Coverage']],
  ['failed-logins', ['logins', 'Logins']],
  ['bursts', ['logins', 'Logins']],
  ['new-addresses', ['logins', 'Logins']],
  ['denials', ['audit', 'Audit']],
  ['secrets', ['secrets', 'Secrets cut']],
  ['errors', ['requests', 'Requests']],
  ['clock', ['losses', 'Losses']],
  ['torn', ['losses', 'Losses']],
  ['shipping', ['shipping', 'Shipping and disk']],
  ['disk', ['shipping', 'Shipping and disk']],
  ['review-overdue', ['changes', 'Changes']],
])

const SEVERITIES = ['critical', 'warning', 'notice']

/** How many of each severity, the gravest first, in one line. */
export function verdict({ findings }: Report): Html {
  if (findings.length === 0) {
    const text = words('Nothing was found that somebody should look at.')
    return html`<p class="verdict good">${badge(GOOD, text)}</p>`
  }
  const counts = SEVERITIES.map((severity) => ({
    severity,
    count: findings.filter((finding) => finding.severity === severity).length,
  })).filter(({ count }) => count > 0)
  const kinds = counts.map(({ severity, count: number }) => {
    return number === 1 || severity === 'critical'
      ? `${count(number)} ${severity}`
      : `${count(number)} ${severity}s`
  })
  const split = kinds.length < 2 && findings.length === 1 ? '' : `: ${kinds.join(', ')}`
  const sign = signOf(findings[0].severity)
  const text = html`${words(`${counted(findings.length, 'finding')}${split}.`)}`
  return html`<p class="verdict ${sign.tone}">${badge(sign, text)} <span class="gravest">The gravest: ${sentence(findings[0].what)}.</span></p>`
}

export function findings({ findings }: Report): Html | null {
  if (findings.length === 0) return null
  return html`
<section aria-labelledby="findings"><h2 id="findings">Findings</h2>
<ol class="findings">${findings.map(item)}</ol></section>`
}

function item({ kind, severity, what }: ReportFinding): Html {
  const place = PLACES.get(kind)
  const sign = signOf(severity)
  const known = sign.name.toLowerCase() === severity
  const more =
    place === undefined
      ? html`<span class="kind">${kind}</span>`
      : html`<a href="#${place[0]}">${words(place[1])}</a>`
  return html`
<li class="${sign.tone}">${known ? labelled(sign) : badge(sign, html`${severity}`)}<p>${sentence(what)}</p>${more}</li>`
}
