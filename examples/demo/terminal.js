/**
 * Plain text for a terminal of 100 columns. Colour only on a terminal that wants it.
 */
const WIDTH = 96
const INDENT = '  '
const isColoured = process.stdout.isTTY === true && !process.env.NO_COLOR

const paint = (code) => (text) => (isColoured ? `\x1b[${code}m${text}\x1b[0m` : text)
const bold = paint('1')
const dim = paint('2')
const green = paint('32')
const red = paint('31')
const yellow = paint('33')

export function say(text = '') {
  console.log(text)
}

export function heading(text) {
  say(`\n${bold(text)}`)
}

export function note(text) {
  for (const line of wrapped(text)) say(INDENT + dim(line))
}

/** A log line over several lines of the terminal, its markers coloured. */
export function logLine(text, most = Number.POSITIVE_INFINITY) {
  const lines = wrapped(text)
  const shown = lines.length > most ? [...lines.slice(0, most), '…'] : lines
  const coloured = shown.map((line) => line.replace(/\[SECRET[^\]]*\]/g, yellow))
  say(INDENT + coloured.join(`\n${INDENT}${INDENT}`))
}

/** Columns as wide as their widest cell, those of numbers to the right. */
export function table(rows) {
  const columns = rows[0].map((_, i) => rows.map((row) => text(row[i])))
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)))
  const isNumeric = columns.map(([, ...cells]) => cells.every((cell) => /^[\d,]*$/.test(cell)))
  rows.forEach((_, r) => {
    const cells = columns.map((column, i) =>
      isNumeric[i] ? column[r].padStart(widths[i]) : column[r].padEnd(widths[i]),
    )
    say(INDENT + cells.join('  ').trimEnd())
  })
}

function text(cell) {
  return typeof cell === 'number' ? number(cell) : cell
}

/** Tells whether a claim holds, and returns it. */
export function claim(holds, text, problem) {
  say(
    `${INDENT}${holds ? green('ok    ') : red('FAILED')}  ${text}${holds || !problem ? '' : `: ${problem}`}`,
  )
  return holds
}

export function number(value) {
  return value.toLocaleString('en-US')
}

/** Broken after a comma, a blank or an ampersand where there is one. */
function wrapped(text) {
  const lines = []
  let rest = text
  while (rest.length > WIDTH - INDENT.length) {
    const most = rest.slice(0, WIDTH - INDENT.length)
    const at = Math.max(most.lastIndexOf(' '), most.lastIndexOf(','), most.lastIndexOf('&')) + 1
    const end = at > WIDTH / 2 ? at : most.length
    lines.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).trimStart()
  }
  return [...lines, rest]
}
