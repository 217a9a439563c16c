import type { LossesReport, Report } from '../../report.ts'
import { counted as inWords } from '../format.ts'
import { html } from '../html.ts'
import { nothing, type Section, saying } from '../section.ts'
import { bytes, count, duration, table, text, time } from '../table.ts'

export function losses({ losses }: Report): Section {
  const { lines, gaps, torn, clock, unended, unreadable } = losses
  const isEmpty = lines + gaps.length + torn.length + clock.length + unended + unreadable === 0
  const body = isEmpty
    ? nothing('No line was lost, no file was torn and no clock was set in this period.')
    : html`${saying(summary(losses))}
${gapsTable(losses)}
${tornTable(losses)}
${clockTable(losses)}`
  return { id: 'losses', title: 'Losses', body, charts: [] }
}

function summary({ lines, gaps, unended, unreadable }: LossesReport): string {
  return `${inWords(lines, 'line')} lost, told in ${inWords(gaps.length, 'gap')}. ${inWords(unended, 'segment')} of writers that were killed. ${inWords(unreadable, 'line')} that ${unreadable === 1 ? 'is' : 'are'} no JSON object.`
}

function gapsTable({ gaps: rows }: LossesReport) {
  return table<LossesReport['gaps'][number]>({
    id: 'gaps',
    caption: 'Gaps: lines that could not be written',
    columns: [
      time('First', (row) => row.first),
      time('Last', (row) => row.last),
      count('Lines', (row) => row.count),
      text('Reason', (row) => row.reason),
      text('Directory', (row) => row.dir),
    ],
    rows,
    none: 'No gaps: every line was written.',
  })
}

function tornTable({ torn: rows }: LossesReport) {
  return table<LossesReport['torn'][number]>({
    id: 'torn',
    caption: 'Torn: ends of files that a crash left incomplete',
    columns: [
      time('Time', (row) => row.at),
      text('File', (row) => row.name),
      bytes('Size', (row) => row.bytes),
      text('Directory', (row) => row.dir),
    ],
    rows,
    none: 'No file was torn.',
  })
}

function clockTable({ clock: rows }: LossesReport) {
  return table<LossesReport['clock'][number]>({
    id: 'clock',
    caption: 'Clock steps: when the clock of a host was set',
    columns: [
      time('Time', (row) => row.at),
      duration('Step', (row) => row.step),
      text('Directory', (row) => row.dir),
    ],
    rows,
    none: 'No clock was set.',
  })
}
