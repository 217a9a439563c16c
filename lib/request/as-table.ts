import type { IncomingMessage } from 'node:http'

/*
 * Express gives each request and each response a new prototype. In Node 20 and 22 V8 then makes a hidden class of its
 * own for every property that anybody adds to one of them, request by request, so that no two look alike and what
 * reads or writes them finds nothing in its cache. An object that has lost a property is kept as a table instead:
 * Express itself then answers in a fifth less CPU. Node 24 shares the classes, and there a table is slower.
 */

const AFFECTED = Number.parseInt(process.versions.node, 10) < 23

const FIRST = Symbol('hushlog.first')
const SECOND = Symbol('hushlog.second')

interface Marked {
  [FIRST]?: true
  [SECOND]?: true
}

/** Whether a table serves a request and its response better: Express has put a prototype there that holds the app. */
export function isBetterAsTable(req: IncomingMessage): boolean {
  return AFFECTED && Object.hasOwn(Object.getPrototypeOf(req), 'app')
}

/** Makes a table of an object. Nothing that a program can see of it changes. */
export function keepAsTable(object: object): void {
  const marked = object as Marked
  marked[FIRST] = true
  marked[SECOND] = true
  // To lose the property that came last is not enough: V8 would merely take it back.
  Reflect.deleteProperty(marked, FIRST)
  Reflect.deleteProperty(marked, SECOND)
}
