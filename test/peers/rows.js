/** The rows of a suite: one for each promise, with its numbers. */

/** Milliseconds in which a row must be done: one that waits for what never comes must not stop the others. */
const DEADLINE = process.env.HUSHLOG_FULL === '1' ? 2 ** 31 - 1 : 300_000

/**
 * Runs the rows whose names contain one of the words, all without words, and prints each.
 * @param rows functions by name, each of which resolves with `{ numbers, problems, late? }`: what it counted, what is
 * wrong, and which times it missed
 * @param cleanUp what is done after each row
 */
export async function runRows(rows, words, cleanUp) {
  const chosen = Object.entries(rows).filter(
    ([name]) => words.length === 0 || words.some((word) => name.includes(word)),
  )
  if (chosen.length === 0) throw new Error(`no such row; there are: ${Object.keys(rows).join(', ')}`)
  let failed = 0
  for (const [name, row] of chosen) {
    const start = performance.now()
    const { numbers, problems } = await timely(row, cleanUp)
    const seconds = ((performance.now() - start) / 1000).toFixed(1)
    console.log(`  ${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}: ${numbers} (${seconds} s)`)
    for (const problem of problems.slice(0, 10)) console.log(`         ${problem}`)
    if (problems.length > 0) failed++
  }
  console.log(`  ${chosen.length} rows, ${failed} failed`)
  // What a row that was not done waits for is left to whoever ends this process's group.
  process.exit(failed === 0 ? 0 : 1)
}

/**
 * What else the machine does makes times longer, never shorter: a row that misses its times alone is looked at twice
 * more.
 */
async function timely(row, cleanUp) {
  for (let left = 2; ; left--) {
    const result = await Promise.race([row(), outOfTime()]).catch((error) => ({
      numbers: 'none',
      problems: [error.stack],
    }))
    await cleanUp()
    const { numbers, problems, late = [] } = result
    if (late.length === 0 || problems.length > 0 || left === 0)
      return { numbers, problems: [...problems, ...late] }
    console.log(`         once more: ${late.join(', ')} (${numbers})`)
  }
}

function outOfTime() {
  return new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error(`no end after ${DEADLINE / 1000} s`)), DEADLINE).unref()
  })
}
