/** Runs what a printed page needs, and undoes it. Printing goes over events or over the medium; each comes alone too. */
export function onPrint({ before, after }: { before(): void; after(): void }): void {
  let isPrinting = false
  const to = (wanted: boolean) => {
    if (wanted === isPrinting) return
    isPrinting = wanted
    document.documentElement.classList.toggle('printing', wanted)
    if (wanted) before()
    else after()
  }
  addEventListener('beforeprint', () => to(true))
  addEventListener('afterprint', () => to(false))
  matchMedia('print').addEventListener('change', ({ matches }) => to(matches))
}
