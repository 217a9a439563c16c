/** Takes back what one wrap did. */
export type Undo = () => void

export function undoAll(undos: readonly Undo[]): Undo {
  return () => {
    for (const undo of undos) undo()
  }
}

/** Puts a member of its own on an object; what takes it back restores what was there, inherited or not. */
export function override(target: object, name: PropertyKey, descriptor: PropertyDescriptor): Undo {
  const before = Object.getOwnPropertyDescriptor(target, name)
  Object.defineProperty(target, name, { configurable: true, ...descriptor })
  return () => {
    if (before === undefined) Reflect.deleteProperty(target, name)
    else Object.defineProperty(target, name, before)
  }
}

/** A method in place of another, which looks like it. */
export function overrideMethod(target: object, name: PropertyKey, method: unknown): Undo {
  const enumerable = Object.prototype.propertyIsEnumerable.call(target, name)
  return override(target, name, { value: method, writable: true, enumerable })
}
