/** What stands in docs/fleet.md. */
import { readFileSync } from 'node:fs'

const text = readFileSync(new URL('../../../docs/fleet.md', import.meta.url), 'utf8')

/** All blocks in one language. */
export function blocks(language) {
  return text
    .split(`\n\`\`\`${language}\n`)
    .slice(1)
    .map((part) => part.slice(0, part.indexOf('\n```')))
}

/** The one JSON of the page that has these words. */
export function json(words) {
  const found = blocks('json').filter((block) => block.includes(words))
  if (found.length !== 1) throw new Error(`${found.length} blocks of docs/fleet.md hold ${words}`)
  return JSON.parse(found[0])
}
