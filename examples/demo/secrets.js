/**
 * Secrets that are invented anew in each run, so that none can be live. All but the card number hold the run's own
 * word: no trace of that word on the disk means no trace of them.
 */
import { randomInt } from 'node:crypto'

const LETTERS = 'bcdfghjklmnpqrstvwxz'
const WORD_LENGTH = 12
const OTHER_LETTERS = 'aeiouy'

export function inventWord() {
  return Array.from({ length: WORD_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}

/** What the demo sends, by the place where it stands. */
export function inventSecrets(word = inventWord()) {
  let made = 0
  const fill = (length, start = '') => {
    // A letter of its own, so that none is part of another.
    const part = word + OTHER_LETTERS[made++ % OTHER_LETTERS.length] + made
    return start + part.repeat(Math.ceil(length / part.length)).slice(0, length)
  }
  const base64 = (text) => Buffer.from(text).toString('base64')
  return {
    word,
    secrets: {
      'password of a login': `${word}/p@ss & more`,
      'token in a query': fill(36, 'ghp_'),
      'key in a harmless query parameter': fill(24, 'sk_live_'),
      'bearer token': `${base64('{"alg":"HS256"}')}.${base64(`{"sub":"${word}"}`).replace(/=*$/, '')}.${fill(43)}`,
      'password of basic authorization': fill(20, 'basic:'),
      'api key in a header': fill(32),
      'session cookie': fill(30, 's%3A'),
      'token in the user agent': fill(36, 'npm_'),
      'token in the referer': fill(28),
      'token in a path': fill(32),
      'password in a JSON body': fill(16, 'Tr0ub4dor&'),
      'secret in JSON in a string': fill(26),
      'AWS access key': fill(16, 'AKIA').toUpperCase(),
      'private key': pem(base64(fill(90))),
      'password in a connection string': fill(18, 'pg!'),
      'password in the environment': fill(21, 'Env#'),
      'value given to hide()': fill(15, 'voucher '),
      'card number': inventCard(),
    },
  }
}

function pem(body) {
  return `-----BEGIN PRIVATE KEY-----\n${body.slice(0, 64)}\n${body.slice(64)}\n-----END PRIVATE KEY-----`
}

/** Sixteen digits with a right check digit, from a range that is reserved for tests. */
function inventCard() {
  const digits = `400000${String(randomInt(1e9)).padStart(9, '0')}`
  const sum = [...digits].reduce((total, digit, i) => total + luhn(Number(digit), i % 2 === 0), 0)
  return digits + ((10 - (sum % 10)) % 10)
}

function luhn(digit, isDoubled) {
  if (!isDoubled) return digit
  return digit > 4 ? digit * 2 - 9 : digit * 2
}

/** A text as it is, percent-encoded, in JSON, and in base64 at each of the three places where it may start. */
export function formsOf(text) {
  const percent = encodeURIComponent(text)
  const forms = [text, percent, percent.toLowerCase(), JSON.stringify(text).slice(1, -1)]
  for (const shift of [0, 1, 2]) {
    const standard = base64At(Buffer.from(text), shift)
    forms.push(standard, standard.replaceAll('+', '-').replaceAll('/', '_'))
  }
  return [...new Set(forms)]
}

/** The characters of base64 that the text alone decides, when it starts `shift` bytes after a group of three. */
function base64At(bytes, shift) {
  const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
  const undecided = [0, 3, 2][(bytes.length + shift) % 3]
  return text.slice(shift === 0 ? 0 : shift + 1, text.length - undecided)
}
