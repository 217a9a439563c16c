/** What a function of the user's gives; nothing when it throws. A request never fails because of its log. */
export function attempt<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch {
    return undefined
  }
}
