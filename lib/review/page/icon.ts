/** Signs of a shape of their own, beside the word that says the same. */
import { type Html, html, verbatim, words } from './html.ts'

export interface Sign {
  icon: Html
  name: string
  /** Its class. */
  tone: 'bad' | 'warn' | 'note' | 'good'
}

function drawn(shape: string): Html {
  return verbatim(
    `<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">${shape}</svg>`,
  )
}

const octagon = drawn(
  '<path d="M5 1h6l4 4v6l-4 4H5l-4-4V5z"/><path class="cut" d="M5.4 5.4l5.2 5.2M10.6 5.4l-5.2 5.2"/>',
)
const triangle = drawn('<path d="M8 1.2 15.6 15H.4z"/><path class="cut" d="M8 6v4.2M8 11.9v1.4"/>')
const circle = drawn('<circle cx="8" cy="8" r="7"/><path class="cut" d="M8 7.2v4.6M8 4.2v1.5"/>')
const check = drawn('<circle cx="8" cy="8" r="7"/><path class="cut" d="M4.6 8.3l2.4 2.4 4.5-5"/>')

export const CRITICAL: Sign = { icon: octagon, name: 'Critical', tone: 'bad' }
export const WARNING: Sign = { icon: triangle, name: 'Warning', tone: 'warn' }
export const NOTICE: Sign = { icon: circle, name: 'Notice', tone: 'note' }
export const GOOD: Sign = { icon: check, name: 'Good', tone: 'good' }

const SEVERITIES = new Map<string, Sign>([
  ['critical', CRITICAL],
  ['warning', WARNING],
  ['notice', NOTICE],
])

/** A severity that is none of ours is a notice. */
export function signOf(severity: string): Sign {
  return SEVERITIES.get(severity) ?? NOTICE
}

export function badge({ icon, tone }: Sign, text: Html): Html {
  return html`<span class="badge ${tone}">${icon}${text}</span>`
}

export function labelled(sign: Sign, text: string = sign.name): Html {
  return badge(sign, words(text))
}
