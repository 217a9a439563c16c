/**
 * The clean copy of a record of winston's. Transports that write text take nothing of it but its text; for them the
 * copy is made when somebody reads a field.
 */
import { format } from 'node:util'
import { type Info, LEVEL, MESSAGE, SPLAT } from './winston-info.ts'
import { WITHHELD, type WrapGate } from './wrap-gate.ts'

/** @throws what the scrubber throws */
export function cleanInfo(info: Info, message: string | undefined, template: unknown, gate: WrapGate): Info {
  const clean: Info = gate.object(info)
  if (info[LEVEL] !== undefined) clean[LEVEL] = info[LEVEL]
  if (message !== undefined) clean[MESSAGE] = message
  if (Array.isArray(info[SPLAT])) defineSplat(clean, info[SPLAT], template, gate)
  return clean
}

/** The arguments of the call, cleaned when a format asks for them. */
function defineSplat(clean: Info, args: unknown[], template: unknown, gate: WrapGate): void {
  let made: unknown
  Object.defineProperty(clean, SPLAT, {
    get: () => (made ??= cleanArguments(args, template, gate)),
    set: (value) => {
      made = value
    },
    enumerable: true,
    configurable: true,
  })
}

/** What the text of the call loses, its arguments lose too: `login('password=%s', …)`. */
export function cleanArguments(args: unknown[], template: unknown, gate: WrapGate): unknown[] {
  const clean = args.map((arg) => withText(gate.value(arg)))
  if (typeof template !== 'string' || !template.includes('%')) return clean
  const told = finished(template, args)
  if (told === undefined) return clean.map(() => WITHHELD)
  const left = gate.scrub(told)
  if (left === told) return clean
  return clean.map((arg, i) => (isCut(args[i], told, left) ? '[SECRET:hidden]' : arg))
}

/** Nothing where an argument's own code throws. */
export function finished(template: string, args: unknown[]): string | undefined {
  try {
    return format(template, ...args)
  } catch {
    return undefined
  }
}

/** A copy tells of functions by their names, and text that stands as `toString` makes no text of it. */
function withText(clean: unknown): unknown {
  if (clean === null || typeof clean !== 'object') return clean
  for (const name of ['toString', 'valueOf'])
    if (Object.hasOwn(clean, name) && typeof (clean as Info)[name] !== 'function')
      Reflect.deleteProperty(clean, name)
  return clean
}

function isCut(arg: unknown, told: string, left: string): boolean {
  if (typeof arg === 'object' || typeof arg === 'function' || arg === undefined) return false
  const text = String(arg)
  return text !== '' && told.includes(text) && !left.includes(text)
}

export function withheldInfo(info: Info): Info {
  const level = info[LEVEL]
  const text = JSON.stringify({ level: 'error', message: WITHHELD })
  return { level: 'error', message: WITHHELD, [LEVEL]: level ?? 'error', [MESSAGE]: text }
}

/** A record whose text is known and whose fields are made when they are asked for. */
export function lazyInfo(info: Info, message: string | undefined, make: () => Info): Info {
  return new Proxy({}, new Lazy(info, message, make)) as Info
}

class Lazy implements ProxyHandler<object> {
  #info: Info
  #message: string | undefined
  #make: () => Info
  #isMade = false

  constructor(info: Info, message: string | undefined, make: () => Info) {
    this.#info = info
    this.#message = message
    this.#make = make
  }

  get(target: object, name: PropertyKey): unknown {
    if (!this.#isMade) {
      if (name === MESSAGE) return this.#message
      if (name === LEVEL) return this.#info[LEVEL]
      if (name === 'exception' || name === 'rejection') return this.#info[name] === true || undefined
    }
    return Reflect.get(this.#made(target), name)
  }

  set(target: object, name: PropertyKey, value: unknown): boolean {
    return Reflect.set(this.#made(target), name, value)
  }

  has(target: object, name: PropertyKey): boolean {
    return Reflect.has(this.#made(target), name)
  }

  ownKeys(target: object): (string | symbol)[] {
    return Reflect.ownKeys(this.#made(target))
  }

  getOwnPropertyDescriptor(target: object, name: PropertyKey): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#made(target), name)
  }

  defineProperty(target: object, name: PropertyKey, descriptor: PropertyDescriptor): boolean {
    return Reflect.defineProperty(this.#made(target), name, descriptor)
  }

  deleteProperty(target: object, name: PropertyKey): boolean {
    return Reflect.deleteProperty(this.#made(target), name)
  }

  getPrototypeOf(target: object): object | null {
    return Object.getPrototypeOf(this.#made(target))
  }

  #made(target: object): object {
    if (this.#isMade) return target
    this.#isMade = true
    const made = this.#madeOrWithheld()
    Object.setPrototypeOf(target, Object.getPrototypeOf(made))
    return Object.defineProperties(target, Object.getOwnPropertyDescriptors(made))
  }

  #madeOrWithheld(): Info {
    try {
      return this.#make()
    } catch {
      return withheldInfo(this.#info)
    }
  }
}
