/**
 * A target in memory, which can be made to fail at any call. It stands where no real one could be made to fail at the
 * wanted moment; the peers run the same queue against a real S3 server.
 */
import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { ShipFailure } from '../../lib/ship/failure.ts'
import type { ShipObject, ShipTarget, Stored } from '../../lib/ship/target.ts'

export type Call = 'check' | 'find' | 'put' | 'stored'

export class MemoryTarget implements ShipTarget {
  readonly place: string
  readonly objects = new Map<string, { bytes: Buffer; lockUntil: number; versions: number }>()
  readonly calls: string[] = []
  isClosed = false
  /** May throw: before a call, or (`stored`) after an object was stored and before the answer. */
  onCall: (call: Call, key: string) => void | Promise<void> = () => {}

  constructor(place = 's3://memory/') {
    this.place = place
  }

  async check(): Promise<void> {
    await this.#called('check', '')
  }

  async find({ key, sha256 }: ShipObject): Promise<Stored | undefined> {
    await this.#called('find', key)
    const found = this.objects.get(key)
    return found !== undefined && hashOf(found.bytes) === sha256 ? this.#stored(key) : undefined
  }

  async put(object: ShipObject, signal?: AbortSignal): Promise<Stored> {
    await this.#called('put', object.key)
    const bytes = await buffer(object.open())
    if (signal?.aborted) throw failure('object', 'aborted')
    if (hashOf(bytes) !== object.sha256 || bytes.length !== object.bytes) throw failure('object', 'BadDigest')
    const versions = (this.objects.get(object.key)?.versions ?? 0) + 1
    this.objects.set(object.key, { bytes, lockUntil: object.lockUntil, versions })
    await this.#called('stored', object.key)
    return this.#stored(object.key)
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    for (const [key, { bytes }] of [...this.objects].sort(([a], [b]) => (a < b ? -1 : 1)))
      if (key.startsWith(prefix)) yield { key, bytes: bytes.length }
  }

  async get(key: string, sha256: string): Promise<Readable> {
    const bytes = this.objects.get(key)?.bytes
    if (bytes === undefined || hashOf(bytes) !== sha256) throw failure('object', 'not there')
    return Readable.from([bytes])
  }

  close(): void {
    this.isClosed = true
  }

  #stored(key: string): Stored {
    const { lockUntil, versions } = this.objects.get(key) as { lockUntil: number; versions: number }
    return { version: `v${versions}`, until: new Date(lockUntil).toISOString() }
  }

  async #called(call: Call, key: string): Promise<void> {
    this.calls.push(`${call} ${key}`)
    await this.onCall(call, key)
  }
}

export function failure(scope: 'target' | 'object', what: string, isPermanent = false): ShipFailure {
  return new ShipFailure(`cannot ship: ${what}`, { scope, isPermanent })
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
