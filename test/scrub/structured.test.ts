/** Secrets that are told by what stands around them, and what looks like one and is none. */
import t from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'

const scrubber = createScrubber({ env: false })
const RANDOM = 'Inv3nted0NotLive5ecret'
const HEX = '5ca1ab1e0ddba11facade5ca1ab1e0dd'
const KEY_ID = 'AKIAINVENTEDEXAMPLE7'
const KEY_SECRET = 'Inv3nted/Secret+NotLive0Inv3nted/Secret7'

const cases: Record<string, [before: string, after: string][]> = {
  'the secret that follows an access key goes along': [
    [`${KEY_ID}:${KEY_SECRET}`, '[SECRET:aws-access-key]:[SECRET:aws-access-key]'],
    [`"${KEY_ID}", "${KEY_SECRET}"`, '"[SECRET:aws-access-key]", "[SECRET:aws-access-key]"'],
    [`${KEY_ID} in ${'a'.repeat(40)}`, `[SECRET:aws-access-key] in ${'a'.repeat(40)}`],
  ],
  'what follows an access key is cut at no half of an escape': [
    [
      `{"${KEY_ID}":0,"\\ud800${'Inv3nted'.repeat(4)}abc":0}`,
      `{"[SECRET:aws-access-key]":0,"\\ud800${'Inv3nted'.repeat(4)}abc":0}`,
    ],
  ],
  'a parameter with a name that says little goes when its value says enough': [
    [`GET /cb?code=${RANDOM}&state=${HEX}&page=2`, 'GET /cb?code=[SECRET:query]&state=[SECRET:query]&page=2'],
    [`/x?a=1&amp;key=${RANDOM}#top`, '/x?a=1&amp;key=[SECRET:query]#top'],
    ['GET /cb?code=404&state=open', 'GET /cb?code=404&state=open'],
    ['?key=customer.address.city', '?key=customer.address.city'],
  ],
  'a user of a URL that is a key itself goes with the password': [
    [`https://${HEX}:${HEX}@host/1`, 'https://[SECRET:url-password]@host/1'],
    ['https://ada:hunter22@host', 'https://ada:[SECRET:url-password]@host'],
    ['https://git@host/x.git', 'https://git@host/x.git'],
  ],
  'a private key goes whole where source code joins its lines': [
    [
      `"-----BEGIN RSA PRIVATE KEY-----\\n" +\n"${RANDOM}${RANDOM}" +\n"-----END RSA PRIVATE KEY-----"`,
      '"[SECRET:private-key]"',
    ],
    [`"-----BEGIN PRIVATE KEY-----", then (text)`, '"[SECRET:private-key]", then (text)'],
  ],
  'what was typed by somebody who had no token stays': [
    ['ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx', 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
    ['api_key: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'api_key: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['token=abcdefghijklmnopqrstuvwxyz12', 'token=abcdefghijklmnopqrstuvwxyz12'],
    ['password: aaaaaaaa1', 'password: [SECRET:password]'],
    ['password: $DB_PASS2', 'password: $DB_PASS2'],
    ['password: $000A0AA0000', 'password: [SECRET:password]'],
  ],
  'letters and digits in the middle of base64 are no token': [
    [`x+EZAK${'InventedKeyBody123'.repeat(3)}/y`, `x+EZAK${'InventedKeyBody123'.repeat(3)}/y`],
  ],
  'a Kubernetes Secret loses its data, quoted, indented by tabs, and before its kind': [
    [
      "kind: 'Secret'\ndata:\n\textra: 'aW52ZW50ZWQ='\n\tb: aW52ZW50ZWQ=\nmetadata:\n\tname: x",
      "kind: 'Secret'\ndata:\n\textra: '[SECRET:secret]'\n\tb: [SECRET:secret]\nmetadata:\n\tname: x",
    ],
    [
      'data:\n  .dockercfg: |\n    aW52ZW50ZWQ=\n    aW52ZW50ZWQ=\nkind: "Secret"',
      'data:\n  .dockercfg: |\n    [SECRET:credentials]\nkind: "Secret"',
    ],
    ['kind: SecretStore\ndata:\n  a: b', 'kind: SecretStore\ndata:\n  a: b'],
  ],
  'the name of a service tells a key only with a value that reads as one': [
    [`datadog: ${HEX}`, 'datadog: [SECRET:token]'],
    [`-Dsonar.login=${HEX}`, '-Dsonar.login=[SECRET:token]'],
    ['datadog: connected', 'datadog: connected'],
    [`datadog_trace_id: ${HEX}`, `datadog_trace_id: ${HEX}`],
    [`git: ${HEX}`, `git: ${HEX}`],
  ],
  'quotes that a value begins with open no string of several lines': [
    ['{"password":"``hunter22``","a":1}', '{"password":"[SECRET:password]","a":1}'],
  ],
  'a key that is numbered is a key': [
    [`Unseal Key 2: ${HEX}`, 'Unseal Key 2: [SECRET:key]'],
    [`token #1 = ${HEX}`, 'token #1 = [SECRET:token]'],
  ],
}

for (const [title, pairs] of Object.entries(cases)) {
  t.test(title, async (t) => {
    for (const [before, after] of pairs) {
      t.equal(scrubber.text(before), after)
      t.equal(JSON.parse(scrubber.text(JSON.stringify({ msg: before }))).msg, after, `${after}, in JSON`)
      t.equal(scrubber.text(after), after, `${after}, again`)
    }
  })
}
