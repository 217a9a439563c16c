import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import { HushlogError } from './errors.ts'
import { isRequestId, newId } from './id.ts'

const MAX_NAME = 200

/**
 * One request, job or other piece of work: what it is called and which id its lines bear. The name of a request
 * may become known late (the router picks the route), so it is asked for each time a line needs it.
 */
export class Operation {
  readonly reqId: string
  user: string | undefined
  /** Fields of a W3C trace context, already serialised: `,"trace_id":"…","span_id":"…"`, or nothing. */
  readonly trace: string
  #name: string
  #ask: (() => string | undefined) | undefined
  #stamped: string | undefined
  #stamp = ''

  constructor(
    name: string,
    options: { reqId?: string; user?: string; trace?: string; ask?: () => string | undefined } = {},
  ) {
    this.#name = bounded(name)
    this.reqId = options.reqId !== undefined && isRequestId(options.reqId) ? options.reqId : newId()
    this.user = options.user
    this.trace = options.trace ?? ''
    this.#ask = options.ask
  }

  get name(): string {
    const known = this.#ask?.()
    if (known !== undefined) this.#name = bounded(known)
    return this.#name
  }

  /** From here on this name stands, whatever the router says. */
  set name(name: string) {
    this.#ask = undefined
    this.#name = bounded(name)
  }

  /** `,"operation":"…","reqId":"…"`, ready to go into a line. */
  get stamp(): string {
    const name = this.name
    if (name !== this.#stamped) {
      this.#stamped = name
      this.#stamp = `,"operation":${JSON.stringify(name)},"reqId":"${this.reqId}"${this.trace}`
    }
    return this.#stamp
  }
}

function bounded(name: string): string {
  return name.length > MAX_NAME ? name.slice(0, MAX_NAME).toWellFormed() : name
}

const storage = new AsyncLocalStorage<Operation>()

/** What lines outside any operation bear: `"process"` and an id made once per process. */
export const processOperation: Operation = new Operation('process')

export function activeOperation(): Operation {
  return storage.getStore() ?? processOperation
}

/** Runs `fn` inside an operation that exists already. */
export function runInside<T>(operation: Operation, fn: () => T): T {
  return storage.run(operation, fn)
}

/**
 * Runs a job, a queue's message or a cron task as an operation of its own. Every line inside bears its name and
 * id, through promises and timers.
 * @param options.reqId 1 to 64 of `A-Z a-z 0-9 _ . -`; anything else is replaced by a new UUID v7, the default
 * @throws HushlogError `HUSHLOG_OPTION` when the name is no text or empty
 */
export function runOperation<T>(
  name: string,
  fn: () => T,
  options: { reqId?: string; user?: string } = {},
): T {
  return storage.run(new Operation(named(name, 'runOperation'), options), fn)
}

/**
 * Ties a callback to the operation that runs now. Emitters and pools call back in the context of whoever calls
 * them; a bound callback logs as the request that made it.
 */
export function bindOperation<F extends (...args: never[]) => unknown>(fn: F): F {
  const bound = AsyncResource.bind(fn as unknown as (...args: unknown[]) => unknown)
  return function (this: unknown, ...args: unknown[]) {
    return bound.apply(this, args)
  } as unknown as F
}

/** The operation that runs now; outside any, the process's. */
export function currentOperation(): { name: string; reqId: string; user?: string } {
  const { name, reqId, user } = activeOperation()
  return user === undefined ? { name, reqId } : { name, reqId, user }
}

/** Renames the operation that runs now. Outside any operation it does nothing: the process keeps its name. */
export function setOperation(name: string): void {
  const operation = storage.getStore()
  if (operation !== undefined) operation.name = named(name, 'setOperation')
}

function named(name: string, where: string): string {
  if (typeof name === 'string' && name !== '') return name
  throw new HushlogError(
    'HUSHLOG_OPTION',
    `${where}: the name must be text of 1 to ${MAX_NAME} characters, got ${name === '' ? 'empty text' : typeof name}`,
  )
}
