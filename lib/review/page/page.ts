/**
 * The page of `hushlog review --html`: one file that loads nothing, runs one script and shows whatever the logs say as
 * text.
 */
import { createHash } from 'node:crypto'
import type { Report } from '../report.ts'
import { SCRIPT, STYLE } from './assets.ts'
import { findings, verdict } from './findings.ts'
import { listed, minute, moment, span } from './format.ts'
import { type Html, html, json, markupOf, type Part, plain, verbatim, words } from './html.ts'
import { keyNumbers } from './key-numbers.ts'
import type { Section } from './section.ts'
import { audit } from './sections/audit.ts'
import { changes } from './sections/changes.ts'
import { coverage } from './sections/coverage.ts'
import { directories } from './sections/directories.ts'
import { integrity } from './sections/integrity.ts'
import { logins } from './sections/logins.ts'
import { losses } from './sections/losses.ts'
import { remarks } from './sections/remarks.ts'
import { requests } from './sections/requests.ts'
import { secrets } from './sections/secrets.ts'
import { shipping } from './sections/shipping.ts'

const SECTIONS: ((report: Report) => Section)[] = [
  requests,
  logins,
  audit,
  secrets,
  losses,
  coverage,
  integrity,
  shipping,
  changes,
  directories,
  remarks,
]

/** A whole HTML document, UTF-8. */
export function reportPage(report: Report): string {
  const sections = SECTIONS.map((section) => section(report))
  const charts = sections.flatMap(({ charts }) => charts).filter((chart) => chart !== null)
  return markupOf(html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Log review: ${titleOf(report)}</title>
<style>${verbatim(STYLE)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
${header(report)}
${contents(sections)}
<main id="main" tabindex="-1">
${findings(report)}
${keyNumbers(report)}
${sections.map(markup)}
</main>
${footer(report)}
<script type="application/json" id="charts">${json(charts)}</script>
<script>${verbatim(SCRIPT)}</script>
</body>
</html>
`)
}

/** Only our script and our style, by their hashes; and no string may become markup. */
function policy(): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(SCRIPT)}'`,
    `style-src '${hashOf(STYLE)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function titleOf({ period }: Report): Html {
  return plain(`${period.since.slice(0, 10)} to ${period.until.slice(0, 10)}`)
}

function hostsOf({ coverage, directories }: Report): string[] {
  const hosts = [...coverage.hosts.map(({ host }) => host), ...directories.flatMap(({ hosts }) => hosts)]
  return [...new Set(hosts)].sort()
}

function header(report: Report): Html {
  const { period, made, version } = report
  const hosts = hostsOf(report)
  const length = span(period.since, period.until)
  const of: Part = hosts.length === 0 ? words('no host') : listed(hosts, 6)
  return html`<header>
<p class="kicker">hushlog review</p>
<h1>Logs of ${of}</h1>
<p class="period">${minute(period.since)} to ${minute(period.until)}${words(length === null ? '' : ` (${length})`)}. All times are UTC.</p>
${verdict(report)}
<p class="made">Made ${moment(made)} by hushlog ${version}.</p>
</header>`
}

function contents(sections: readonly Section[]): Html {
  const items = sections.map(({ id, title }) => html`<li><a href="#${id}">${words(title)}</a></li>`)
  return html`<nav aria-label="Sections"><ul>${items}</ul></nav>`
}

function markup({ id, title, body }: Section): Html {
  return html`
<section aria-labelledby="${id}"><h2 id="${id}">${words(title)}</h2>
${body}</section>`
}

function footer({ version }: Report): Html {
  return html`<footer><p>hushlog ${version}. This page loads nothing and sends nothing. Its charts are drawn by uPlot, copyright Leon Sorokin, under the MIT licence, which stands in the script of the page.</p></footer>`
}
