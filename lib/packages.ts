import { createRequire as requireFrom } from 'node:module'

/**
 * What a dependency in CommonJS exports, loaded when it is needed. In a program that was bundled into one file it
 * cannot be found (nor would each of them run there: one assigns to a variable that it never declared), and what
 * stands in for it is returned.
 */
export function packageOr<T>(name: string, standIn: T): T {
  try {
    return requireFrom(import.meta.url)(name)
  } catch {
    return standIn
  }
}
