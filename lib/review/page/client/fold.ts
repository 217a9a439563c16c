/** The numbers of the charts: folded on the screen, open on paper. */
export function foldNumbers(): { openAll(): void; restore(): void } {
  const all = [...document.querySelectorAll<HTMLDetailsElement>('details.numbers')]
  for (const details of all) details.open = false
  let open: HTMLDetailsElement[] = []
  return {
    openAll() {
      open = all.filter((details) => details.open)
      for (const details of all) details.open = true
    },
    restore() {
      for (const details of all) details.open = open.includes(details)
    },
  }
}
