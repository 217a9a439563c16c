/**
 * Medians with their spread, of figures and of ratios. A ratio is taken within a round, where both sides met the
 * same noise, and only then the median over the rounds.
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** `4420 [3833-5721]` */
export function spread(values, digits = 0) {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map((value) =>
    value.toFixed(digits),
  )
  return `${middle} [${least}-${most}]`
}

/** `0.47 [0.41-0.52]`: ours by theirs, round by round. */
export function ratio(ours, theirs) {
  return spread(
    ours.map((value, round) => value / theirs[round]),
    2,
  )
}

export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  for (const row of rows) {
    const cells = row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
    console.log(`  ${cells.join('  ')}`)
  }
}
