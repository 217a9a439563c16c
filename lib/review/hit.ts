/** Lines that are shown together: one that matches, and those around it that were asked for. */
export interface Hit {
  /** Of the line; of one that tells none, that of the line before it. Milliseconds since the epoch. */
  time: number
  /** Without their `\n`. */
  lines: readonly Buffer[]
}
