/** Objects in which one member tells that others are secret, whatever their names. */
import { bytesOf } from './bytes.ts'
import { Words } from './words.ts'

export interface ToldObject {
  /** The literal, from behind the quote before the name. In strings each quote has a backslash. */
  text: string
  id: string
  secrets: Words
}

const JWK = new Words(['d', 'p', 'q', 'dp', 'dq', 'qi', 'k', 'oth'], 'exact')
const MANIFEST = new Words(['data', 'stringData'], 'exact')

/** Quotes as they are written in JSON, in a string of it, and in a string inside of one. */
const QUOTES = ['"', '\\"', '\\\\\\"']

export const TOLD_OBJECTS: readonly ToldObject[] = QUOTES.flatMap((quote) => [
  { text: `kty${quote}`, id: 'key', secrets: JWK },
  { text: `kind${quote}:${quote}Secret${quote}`, id: 'secret', secrets: MANIFEST },
  { text: `kind${quote}: ${quote}Secret${quote}`, id: 'secret', secrets: MANIFEST },
])
export const TOLD_TEXTS: readonly Uint8Array[] = TOLD_OBJECTS.map(({ text }) => bytesOf(text))
