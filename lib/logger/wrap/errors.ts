/**
 * Clean copies of errors that are errors themselves: whoever takes a record as an object asks `instanceof`.
 */
const MAX_DEPTH = 8

/** Puts errors in place of the plain copies of errors: of the value itself, of its members, of causes. */
export function asErrors(original: unknown, copy: unknown): unknown {
  if (!isObject(original) || !isObject(copy)) return copy
  if (original instanceof Error) return errorOf(original, copy as Members, 0)
  for (const name of Object.keys(copy)) {
    const member = (copy as Members)[name]
    if (!isObject(member)) continue
    const before = read(original, name)
    if (before instanceof Error) (copy as Members)[name] = errorOf(before, member as Members, 0)
  }
  return copy
}

type Members = Record<string, unknown>

function errorOf(original: Error, copy: Members, depth: number): Error {
  const error = new Error()
  Object.setPrototypeOf(error, guardedPrototype(original))
  Reflect.deleteProperty(error, 'stack')
  for (const [name, value] of Object.entries(copy)) {
    const described = Object.getOwnPropertyDescriptor(original, name)
    // The copy tells as type what an error inherits as its name.
    if (described === undefined && name === 'type') {
      nameAs(error, value)
      continue
    }
    const before = name === 'cause' && depth < MAX_DEPTH ? read(original, name) : undefined
    Object.defineProperty(error, name, {
      value:
        before instanceof Error && isObject(value) ? errorOf(before, value as Members, depth + 1) : value,
      enumerable: described?.enumerable ?? false,
      configurable: true,
      writable: true,
    })
  }
  return error
}

function nameAs(error: Error, name: unknown): void {
  if (read(error, 'name') !== name)
    Object.defineProperty(error, 'name', { value: name, configurable: true, writable: true })
}

/** By the prototype of the originals. */
const guards = new WeakMap<object, object>()

/**
 * A class's own code reads what the copy lacks: private fields, those of DOMException. Where it throws on the copy it
 * says nothing, so that no format and no transport fails for it.
 */
function guardedPrototype(original: Error): object {
  let prototype: object = Object.getPrototypeOf(original)
  // Made with `Object.create(error)`: that error's fields are no class's.
  while (Object.hasOwn(prototype, 'stack')) prototype = Object.getPrototypeOf(prototype)
  const guard = guards.get(prototype) ?? guarded(prototype)
  guards.set(prototype, guard)
  return guard
}

function guarded(prototype: object): object {
  const guard = Object.create(prototype)
  let at: object | null = prototype
  while (at !== null && at !== Error.prototype && at !== Object.prototype) {
    for (const name of Reflect.ownKeys(at)) if (!Object.hasOwn(guard, name)) guardMember(guard, at, name)
    at = Object.getPrototypeOf(at)
  }
  return Reflect.ownKeys(guard).length === 0 ? prototype : guard
}

function guardMember(guard: object, holder: object, name: PropertyKey): void {
  const { get, value, enumerable } = Object.getOwnPropertyDescriptor(holder, name) as PropertyDescriptor
  if (get !== undefined)
    Object.defineProperty(guard, name, {
      get() {
        return attempt(() => get.call(this))
      },
      set(own: unknown) {
        Object.defineProperty(this, name, {
          value: own,
          writable: true,
          configurable: true,
          enumerable: true,
        })
      },
      enumerable,
      configurable: true,
    })
  else if (typeof value === 'function' && name !== 'constructor')
    Object.defineProperty(guard, name, {
      value(this: Error, ...args: unknown[]) {
        const instead = () => (name === 'toJSON' ? { ...this } : this.message)
        return attempt(() => value.apply(this, args), instead)
      },
      writable: true,
      enumerable,
      configurable: true,
    })
}

function attempt(run: () => unknown, instead: () => unknown = () => undefined): unknown {
  try {
    return run()
  } catch {
    return instead()
  }
}

function read(object: object, name: string): unknown {
  try {
    return (object as Members)[name]
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === 'object'
}
