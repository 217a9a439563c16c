/** A row of numbers that are looked at first; each leads to its section. */
import type { Report } from '../report.ts'
import { count, duration, NONE, percent } from './format.ts'
import { type Html, html, words } from './html.ts'

interface KeyNumber {
  name: string
  value: string
  /** What the number means, or how it divides. */
  note: string
  section: string
}

export function keyNumbers(report: Report): Html {
  return html`
<section aria-labelledby="numbers"><h2 id="numbers">Key numbers</h2>
<dl class="numbers-row">${all(report).map(
    ({ name, value, note, section }) => html`
<div><dt><a href="#${section}">${words(name)}</a></dt><dd><span class="value">${words(value)}</span> <span class="note">${words(note)}</span></dd></div>`,
  )}
</dl></section>`
}

function all(report: Report): KeyNumber[] {
  const { requests, logins, audit, secrets, losses, coverage, directories } = report
  const latency = requests.latency
  return [
    {
      name: 'Requests',
      value: count(requests.requests),
      note: `${count(requests.errors)} records of level error`,
      section: 'requests',
    },
    {
      name: 'Answered with 5xx',
      value: percent(requests.classes[4], requests.requests),
      note: `${count(requests.classes[4])} requests`,
      section: 'requests',
    },
    {
      name: 'Latency, p95',
      value: duration(latency?.p95 ?? null),
      note: latency === null ? 'no requests' : `median ${duration(latency.p50)}`,
      section: 'requests',
    },
    {
      name: 'Failed logins',
      value: count(logins.failed),
      note: `${count(logins.succeeded)} succeeded`,
      section: 'logins',
    },
    {
      name: 'Denied actions',
      value: count(audit.byOutcome.denied),
      note: `of ${count(audit.total)} audit records`,
      section: 'audit',
    },
    {
      name: 'Secrets cut',
      value: count(secrets.total),
      note: `in ${count(secrets.byOperation.length)} places`,
      section: 'secrets',
    },
    {
      name: 'Lines lost',
      value: count(losses.lines),
      note: `of ${count(directories.reduce((sum, { lines }) => sum + lines, 0))} written`,
      section: 'losses',
    },
    { name: 'Silent days', value: count(silentDays(coverage)), note: 'of all hosts', section: 'coverage' },
    { name: 'Integrity', ...integrityOf(report), section: 'integrity' },
  ]
}

function silentDays({ hosts }: Report['coverage']): number {
  return hosts.flatMap(({ days }) => days).filter(({ state }) => state === 'silent').length
}

function integrityOf({ directories }: Report): { value: string; note: string } {
  const verified = directories.filter(({ integrity }) => integrity !== null)
  if (verified.length === 0) return { value: NONE, note: 'not verified' }
  const good = verified.filter(({ integrity }) => integrity?.ok === true).length
  const note = `${count(good)} of ${count(directories.length)} ${directories.length === 1 ? 'directory' : 'directories'} verified`
  return {
    value: good === directories.length ? 'Proven' : good === verified.length ? 'Partly' : 'Broken',
    note,
  }
}
