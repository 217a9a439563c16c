import t from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'

/** Text that made other scrubbers quadratic or worse: floods of what a rule starts with and never ends. */
const FLOODS: Record<string, string> = {
  digits: '4',
  'digits and blanks': '4111 ',
  'PEM heads': '-----BEGIN PRIVATE KEY-----',
  'PEM heads of certificates': '-----BEGIN CERTIFICATE-----',
  'JWT heads': 'eyJ',
  'JWT heads with dashes': '-eyJhbGciOiJ',
  'URL marks': '://',
  'users in URLs': '://a:b@',
  'empty users in URLs': '://aaaa:bbbb ',
  'secret names and equals signs': 'password=',
  'secret names and colons': '"password":',
  'secret elements': '<password>',
  'open containers': '"token":{',
  'open containers, escaped': '\\"token\\":[',
  quotes: '"',
  backslashes: '\\',
  'backslashes and quotes': '\\\\\\"',
  'percent escapes': '%3D',
  'percent escapes and names': '%22token%22%3A',
  'token prefixes': 'glpat-',
  schemes: 'Bearer ',
  markers: '[SECRET:password]',
  'heads of markers': '[SECRET:',
  'a registered value, nearly': 'registered-valu',
  commas: 'token=a,',
  apostrophes: "token='",
}

const scrub = createScrubber({ env: false, hide: ['registered-value'] })

function cost(text: string): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage()
    scrub.text(text)
    const { user, system } = process.cpuUsage(before)
    least = Math.min(least, user + system)
  }
  return least
}

const SIZE = 32 * 1024
const NOISE_FLOOR = 2000

for (const [name, flood] of Object.entries(FLOODS)) {
  t.test(`a flood of ${name} costs in proportion to its length`, async (t) => {
    const of = (size: number) => flood.repeat(Math.ceil(size / flood.length))
    cost(of(SIZE / 4))
    for (const wrap of [(text: string) => text, (text: string) => JSON.stringify({ msg: text })]) {
      const once = cost(wrap(of(SIZE)))
      const four = cost(wrap(of(SIZE * 4)))
      // Four times the text in four times the time; sixteen would be quadratic. Below the floor it is all noise.
      t.ok(
        four < Math.max(once, NOISE_FLOOR) * 9,
        `${once} µs for ${SIZE} characters, ${four} µs for ${SIZE * 4}`,
      )
    }
  })
}
