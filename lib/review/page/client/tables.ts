import { type Direction, holds, type Kind, nextDirection, sorted } from './order.ts'

/** Tables of fewer rows are read faster than they are filtered. */
const ROWS_FOR_FILTER = 8
/** Of longer tables so many rows show until more are asked for. */
const SHOWN = 15
const FOLDED_FROM = 21

interface View {
  table: HTMLTableElement
  rows: HTMLTableRowElement[]
  query: string
  isFolded: boolean
  /** Says how many rows there are. */
  tell(matching: number, shown: number): void
}

export function enhanceTables(): void {
  for (const box of document.querySelectorAll<HTMLElement>('.table')) enhance(box)
}

function enhance(box: HTMLElement): void {
  const table = box.querySelector('table') as HTMLTableElement
  makeScrollable(box.querySelector('.scroll') as HTMLElement, table)
  if (table.classList.contains('grid')) return
  const rows = [...table.tBodies[0].rows]
  const isFolded = rows.length >= FOLDED_FROM && box.closest('details') === null
  const view: View = { table, rows, query: '', isFolded, tell: () => {} }
  if (rows.length > 1) makeSortable(view)
  if (rows.length >= ROWS_FOR_FILTER) makeFilterable(box, view)
  if (isFolded) makeUnfoldable(box, view)
  show(view)
}

/** A box that scrolls can be scrolled by keys, and has a name. */
function makeScrollable(scroll: HTMLElement, table: HTMLTableElement): void {
  const name = table.caption?.firstChild?.textContent?.trim() ?? ''
  new ResizeObserver(() => {
    const isWider = scroll.scrollWidth > scroll.clientWidth
    scroll.classList.toggle('wide', isWider)
    if (!isWider) {
      for (const attribute of ['tabindex', 'role', 'aria-label']) scroll.removeAttribute(attribute)
      return
    }
    scroll.tabIndex = 0
    scroll.setAttribute('role', 'region')
    scroll.setAttribute('aria-label', `${name}, scrolls sideways`)
  }).observe(scroll)
}

function makeSortable(view: View): void {
  const headings = [...(view.table.tHead as HTMLTableSectionElement).rows[0].cells]
  for (const [column, heading] of headings.entries()) {
    const button = element('button', { type: 'button' }, heading.textContent ?? '')
    button.addEventListener('click', () => {
      const direction = nextDirection(heading.dataset.kind as Kind, heading.getAttribute('aria-sort'))
      for (const other of headings) other.removeAttribute('aria-sort')
      heading.setAttribute('aria-sort', direction)
      sort(view, column, direction)
    })
    heading.replaceChildren(button)
  }
}

function sort(view: View, column: number, direction: Direction): void {
  const isNumber = view.table.tHead?.rows[0].cells[column].dataset.kind === 'number'
  const keys = view.rows.map(({ cells }) => keyOf(cells[column], isNumber))
  view.rows = sorted(keys, direction).map((place) => view.rows[place])
  const body = view.table.tBodies[0]
  body.replaceChildren(...view.rows)
  show(view)
}

function keyOf(cell: HTMLTableCellElement, isNumber: boolean): string | number | null {
  if (isNumber) return cell.dataset.v === undefined ? null : Number(cell.dataset.v)
  const text = cell.textContent ?? ''
  return text === '–' ? null : text
}

function makeFilterable(box: HTMLElement, view: View): void {
  const name = view.table.caption?.firstChild?.textContent?.trim() ?? ''
  const input = element('input', { type: 'search', autocomplete: 'off', spellcheck: 'false' })
  const label = element('label', {}, 'Filter ', element('span', { class: 'vh' }, name), input)
  const output = element('output', { 'aria-live': 'polite' })
  view.tell = (matching, shown) => {
    const all = view.rows.length.toLocaleString('en')
    const isAll = matching === view.rows.length
    const found = isAll ? `${all} rows` : `${matching.toLocaleString('en')} of ${all} rows`
    output.value = shown < matching ? `${found}, the first ${shown} shown` : found
  }
  input.addEventListener('input', () => {
    view.query = input.value.trim()
    show(view)
  })
  box.prepend(element('div', { class: 'filter' }, label, output))
}

function makeUnfoldable(box: HTMLElement, view: View): void {
  const all = view.rows.length.toLocaleString('en')
  const button = element('button', { type: 'button', class: 'fold', 'aria-expanded': 'false' })
  const name = () => (button.textContent = view.isFolded ? `Show all ${all} rows` : `Show ${SHOWN} rows`)
  name()
  button.addEventListener('click', () => {
    view.isFolded = !view.isFolded
    button.setAttribute('aria-expanded', String(!view.isFolded))
    name()
    show(view)
  })
  box.append(button)
}

/** What is looked for is shown whole. */
function show(view: View): void {
  const { rows, query, isFolded } = view
  const most = isFolded && query === '' ? SHOWN : rows.length
  let [matching, shown] = [0, 0]
  for (const row of rows) {
    const isMatch = query === '' || holds(row.textContent ?? '', query)
    if (isMatch) matching++
    row.hidden = !isMatch || matching > most
    if (!row.hidden) shown++
  }
  view.tell(matching, shown)
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string>,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  made.append(...children)
  return made
}
