import { say } from './terminal.ts'

/** A ledger has begun: its first public key is worth nothing where whoever breaks in can exchange it. */
export function sayFirstKey(key: string): void {
  say(`the ledger is signed, beginning with the public key ${key}`)
  say('hint: keep that key where this machine cannot write, for hushlog verify --key')
}
