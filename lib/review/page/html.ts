/**
 * The only maker of markup. A value in a template is text, whatever it holds: it is escaped, and what cannot be seen
 * in it is named. So no value can be forgotten; what is not text must say so.
 */
import { isUnseen, nameOf } from './unseen.ts'

declare const MARKUP: unique symbol

/** Made by this file alone. */
export interface Html {
  readonly [MARKUP]: 'html'
}

/** Of one element, for a place among its attributes. */
export interface Attributes {
  readonly [MARKUP]: 'attributes'
}

export type Part = Html | Attributes | string | number | null | undefined | false | readonly Part[]

type Place = 'text' | 'attribute' | 'tag'

const texts = new WeakMap<object, string>()
const attributeTexts = new WeakMap<object, string>()
const placesOf = new WeakMap<TemplateStringsArray, Place[]>()

/** Longer values are cut: what a log says has no right to fill the page. */
const LONGEST = 500

/**
 * Markup of a template. A string in text stands in a `<bdi>` of its own, so that its direction changes nothing around
 * it; in an attribute, which must stand in double quotes, it is escaped. null, undefined and false are nothing.
 * @throws TypeError for a value in any other place
 */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  const places = placesIn(strings)
  let markup = strings[0]
  for (const [i, part] of parts.entries()) markup += WRITERS[places[i]](part) + strings[i + 1]
  return made(markup)
}

/** Words of ours: escaped as everything is, without the `<bdi>`. */
export function words(text: string): Html {
  return made(escaped(text, inText))
}

/** For an element that holds nothing but text, as `<title>`. */
export function plain(text: string): Html {
  return made(escaped(text, inAttribute))
}

/** A sentence of a report: escaped like a value, and cut only where no sentence ends. */
export function sentence(text: string): Html {
  return made(isolated(text, 4 * LONGEST))
}

/** Markup that was made at build. */
export function verbatim(markup: string): Html {
  return made(markup)
}

/** JSON for a `<script type="application/json">`: nothing in it can end the element. */
export function json(value: unknown): Html {
  let text = ''
  for (const character of JSON.stringify(value)) text += JSON_ESCAPES.get(character) ?? character
  return made(text)
}

/** Attributes that an element has when their values are neither undefined, null nor false. */
export function attributes(values: Record<string, string | number | null | undefined | false>): Attributes {
  const given = Object.entries(values).filter(([, value]) => !isNothing(value))
  const attribute = {} as Attributes
  attributeTexts.set(
    attribute,
    given.map(([name, value]) => ` ${name}="${escaped(String(value), inAttribute)}"`).join(''),
  )
  return attribute
}

export function markupOf(part: Html): string {
  return texts.get(part) ?? ''
}

function made(markup: string): Html {
  const part = {} as Html
  texts.set(part, markup)
  return part
}

const WRITERS: Record<Place, (part: Part) => string> = {
  text: (part) => {
    if (isNothing(part)) return ''
    if (Array.isArray(part)) return part.map(WRITERS.text).join('')
    const markup = texts.get(part as object)
    if (markup !== undefined) return markup
    return typeof part === 'number' ? String(part) : isolated(String(part), LONGEST)
  },
  attribute: (part) => escaped(isNothing(part) ? '' : String(part), inAttribute),
  tag: (part) => {
    const text = attributeTexts.get(part as object)
    if (text === undefined) throw new TypeError('only attributes() may stand inside a tag')
    return text
  },
}

function isNothing(part: unknown): part is null | undefined | false {
  return part === undefined || part === null || part === false
}

/** Where each value of a template stands, read once from its literal parts. */
function placesIn(strings: TemplateStringsArray): Place[] {
  const known = placesOf.get(strings)
  if (known !== undefined) return known
  let place: Place = 'text'
  const places = strings.map((literal) => {
    for (const character of literal) place = NEXT[place][character] ?? place
    return place
  })
  placesOf.set(strings, places)
  return places
}

const NEXT: Record<Place, Record<string, Place>> = {
  text: { '<': 'tag' },
  tag: { '"': 'attribute', '>': 'text' },
  attribute: { '"': 'tag' },
}

function isolated(text: string, longest: number): string {
  const end = cutAt(text, longest)
  const rest = text.length - end
  const more = rest === 0 ? '' : `<span class="more"> and ${rest.toLocaleString('en')} more characters</span>`
  return `<bdi>${escaped(text.slice(0, end), inText)}</bdi>${more}`
}

/** Never between the halves of a pair. */
function cutAt(text: string, longest: number): number {
  if (text.length <= longest) return text.length
  const isHalf = text.charCodeAt(longest) >> 10 === 0x37
  return isHalf ? longest - 1 : longest
}

function escaped(text: string, unseen: (code: number) => string): string {
  let shown = ''
  for (const character of text) {
    const code = character.codePointAt(0) as number
    shown += ESCAPES.get(character) ?? (isUnseen(code) ? unseen(code) : character)
  }
  return shown
}

const inText = (code: number) => `<span class="cc">${nameOf(code)}</span>`
const inAttribute = (code: number) => `[${nameOf(code)}]`

const ESCAPES = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
])
const JSON_ESCAPES = new Map(
  ['<', '>', '&', '\u2028', '\u2029'].map((character) => [
    character,
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  ]),
)
