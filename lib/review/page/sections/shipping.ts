import type { DirectoryReport, DiskReport, Report, ShippingReport } from '../../report.ts'
import { days, NONE } from '../format.ts'
import { html, words } from '../html.ts'
import { GOOD, labelled, WARNING } from '../icon.ts'
import type { Section } from '../section.ts'
import { bytes, count, table, text, time } from '../table.ts'

type Shipped = { dir: string } & ShippingReport
type Disk = { dir: string } & DiskReport

export function shipping({ directories }: Report): Section {
  const body = html`${targets(directories)}
${disks(directories)}`
  return { id: 'shipping', title: 'Shipping and disk', body, charts: [] }
}

function targets(directories: DirectoryReport[]) {
  return table<Shipped>({
    id: 'targets',
    caption: 'Shipping: segments that were copied elsewhere',
    columns: [
      text('Target', (row) => row.to),
      text('Directory', (row) => row.dir),
      count('Shipped', (row) => row.shipped),
      count('Waiting', (row) => row.waiting),
      time('Waiting since', (row) => row.waitingSince),
      time('Last shipped', (row) => row.lastShipped),
    ],
    rows: directories.flatMap(({ dir, shipping }) => shipping.map((target) => ({ dir, ...target }))),
    none: 'Nothing is shipped: the only copy is the one on the host.',
  })
}

function disks(directories: DirectoryReport[]) {
  return table<Disk>({
    id: 'disks',
    caption: 'Disks',
    columns: [
      text('Directory', (row) => row.dir),
      text('State', ({ state }) =>
        state === 'low' ? labelled(WARNING, 'Low') : state === 'ok' ? labelled(GOOD, 'Good') : state,
      ),
      bytes('Free', (row) => row.freeBytes),
      bytes('Of', (row) => row.totalBytes),
      {
        name: 'Lasts',
        kind: 'number',
        value: (row) => row.lastsDays,
        cell: ({ lastsDays }) => words(lasts(lastsDays)),
      },
      bytes('Text a day', (row) => row.plainBytesPerDay),
      bytes('Kept in the end', (row) => row.projectedBytes),
      text('Encrypted', (row) => row.encrypted),
    ],
    rows: directories.flatMap(({ dir, disk }) => (disk === null ? [] : [{ dir, ...disk }])),
    none: 'No disk of these directories is known.',
  })
}

/** null: everything that is to be kept has room, or nothing is known. */
function lasts(value: number | null): string {
  return value === null ? NONE : days(value)
}
