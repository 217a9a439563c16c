/** The build puts it in the place of the global one: charts are drawn as sharp as paper wants them. */
export const devicePixelRatio: number = Math.max(2, window.devicePixelRatio)
