import { errorCode, HushlogError } from '../errors.ts'
import { ShipFailure } from './failure.ts'

/** Whatever was thrown on the way to a target, as a failure of all of it, if it does not say otherwise. */
export function asFailure(place: string, error: unknown): ShipFailure {
  if (error instanceof ShipFailure) return error
  const isOurs = error instanceof HushlogError
  const what = isOurs ? error.message : errorCode(error)
  return new ShipFailure(`cannot ship to ${place}: ${what}`, {
    scope: 'target',
    cause: error,
    ...(isOurs && error.hint !== undefined ? { hint: error.hint } : {}),
  })
}
