import type { Ids } from './ids.ts'
import { pathOf, pathsIn } from './json-path.ts'
import { type Cut, ESCAPE } from './line.ts'
import type { Tally } from './tally.ts'

/** A cut that was made, and where its marker stands by now. */
interface Made {
  rule: string
  at: number
}

/** The path that a line's own names go on from; a part of something larger has none of its own. */
export interface Lead {
  names: readonly string[]
  isPart?: boolean
}

export const WHOLE: Lead = { names: [] }

/** Where the markers of a line stand while more is cut from it, so that their paths can be told when it is done. */
export class Trail {
  #made: Made[] = []

  /** Takes note of cuts that are made in a line which starts at `start`, and of how they move those before. */
  follow(cuts: readonly Cut[], pieces: readonly Uint8Array[], start: number, ids: Ids): void {
    const before = this.#made
    this.#made = []
    let next = 0
    let shift = -start
    cuts.forEach((cut, i) => {
      for (; next < before.length && before[next].at < cut.start; next++) this.#keep(before[next], shift)
      const at = cut.start + shift
      // A marker that is cut itself stands where the new one does.
      for (; next < before.length && before[next].at < cut.end; next++)
        this.#made.push({ rule: before[next].rule, at })
      if (cut.code !== ESCAPE) this.#made.push({ rule: ids.name(cut.code), at: at + cut.quote.length })
      shift += pieces[i].length + 2 * cut.quote.length - (cut.end - cut.start)
    })
    for (; next < before.length; next++) this.#keep(before[next], shift)
  }

  tell(tally: Tally, line: Uint8Array, json: boolean, { names, isPart }: Lead): void {
    const places = this.#made.map(({ at }) => at)
    const paths = json && isPart !== true ? pathsIn(line, places) : places.map(() => [])
    for (let i = 0; i < paths.length; i++) tally.add(this.#made[i].rule, pathOf([...names, ...paths[i]]))
  }

  #keep({ rule, at }: Made, shift: number): void {
    this.#made.push({ rule, at: at + shift })
  }
}
