/** Who and what is in the generated logs: three hosts, two services, their operations, users, staff and addresses. */
import { below, fraction, logNormal, randomOf } from './random.js'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Whole days, before the one that runs. */
export const DAYS = 90

export const HOSTS = [
  { host: 'web-1', service: 'shop' },
  { host: 'web-2', service: 'shop' },
  { host: 'api-1', service: 'billing' },
]

/** What part of a day's requests comes in each hour of UTC. */
export const RHYTHM = normalised([
  2, 1, 1, 1, 1, 2, 4, 7, 10, 12, 12, 11, 12, 12, 11, 11, 11, 12, 14, 16, 15, 11, 7, 4,
])

function normalised(weights) {
  const sum = weights.reduce((all, weight) => all + weight)
  return weights.map((weight) => weight / sum)
}

const LONGEST = 8000

/**
 * Operations: `weight` how often, `median` milliseconds, `bytes` at most, `url` the path of one, `app` what the program
 * logs meanwhile (fields and message), `user` how many of a hundred are logged in.
 */
const OPERATIONS = {
  shop: [
    row('GET', '/products', 26, 18, 40_000, 40, (n) => `/products?page=${n % 40}&sort=price`, [
      (n) => `"rows":24,"page":${n % 40},"cached":${n % 3 !== 0},"msg":"products listed"`,
    ]),
    row('GET', '/products/:id', 24, 12, 12_000, 40, (n) => `/products/${n % 20_000}`, [
      (n) => `"product":${n % 20_000},"stock":${n % 97},"cached":${n % 4 !== 0},"msg":"product loaded"`,
      (n) => `"ms":${n % 9},"table":"reviews","rows":${n % 30},"msg":"query done"`,
    ]),
    row('GET', '/search', 12, 55, 30_000, 30, (n) => `/search?q=${WORDS[n % WORDS.length]}&page=${n % 5}`, [
      (n) => `"terms":1,"hits":${n % 2000},"shards":6,"msg":"search done"`,
      (n) => `"ms":${n % 80},"index":"products-7","msg":"index answered"`,
    ]),
    row('POST', '/cart', 11, 25, 900, 60, () => '/cart', [
      (n) => `"product":${n % 20_000},"quantity":${(n % 3) + 1},"msg":"added to the cart"`,
      (n) => `"cart":"c-${n.toString(36)}","items":${n % 9},"msg":"cart saved"`,
    ]),
    row('DELETE', '/cart/:id', 2, 15, 200, 60, (n) => `/cart/${n % 9}`, [
      (n) => `"item":${n % 9},"msg":"removed from the cart"`,
    ]),
    row('GET', '/orders/:id', 9, 22, 6000, 100, (n) => `/orders/${n % 900_000}`, [
      (n) => `"order":${n % 900_000},"rows":${n % 12},"msg":"order loaded"`,
      (n) => `"ms":${n % 12},"table":"orders","rows":1,"msg":"query done"`,
    ]),
    row('GET', '/account', 6, 14, 2500, 100, () => '/account', [
      (n) => `"ms":${n % 12},"table":"accounts","rows":1,"msg":"query done"`,
      (n) => `"orders":${n % 40},"msg":"account loaded"`,
    ]),
    row('GET', '/downloads/:id', 2, 180, 900_000, 100, (n) => `/downloads/${n % 400}?sig=[SECRET:query]`, [
      (n) => `"file":"manual-${n % 400}.pdf","bytes":${n % 900_000},"msg":"download begins"`,
    ]),
  ],
  billing: [
    row('POST', '/charges', 40, 240, 700, 100, () => '/charges', [
      (n) => `"order":${n % 900_000},"cents":${n % 90_000},"currency":"EUR","msg":"charge requested"`,
      (n) => `"provider":"bank-${n % 4}","ms":${n % 300},"attempt":1,"msg":"provider answered"`,
    ]),
    row('GET', '/invoices/:id', 25, 30, 50_000, 100, (n) => `/invoices/${n % 500_000}`, [
      (n) => `"invoice":${n % 500_000},"lines":${n % 20},"msg":"invoice loaded"`,
      (n) => `"ms":${n % 12},"table":"invoices","rows":1,"msg":"query done"`,
    ]),
    row('GET', '/invoices', 15, 60, 30_000, 100, (n) => `/invoices?page=${n % 30}`, [
      (n) => `"rows":50,"page":${n % 30},"msg":"invoices listed"`,
      (n) => `"ms":${n % 40},"table":"invoices","rows":50,"msg":"query done"`,
    ]),
    row('POST', '/webhooks', 20, 9, 2, 0, () => '/webhooks', [
      (n) => `"event":"payment.settled","id":"evt-${n.toString(36)}","msg":"webhook received"`,
      (n) => `"queue":"settlements","depth":${n % 50},"msg":"event queued"`,
    ]),
  ],
}

const EXTRA = {
  login: row('POST', '/login', 0, 110, 400, 0, () => '/login', []),
  charge: row('POST', '/orders', 0, 320, 900, 100, () => '/orders', [
    (n) => `"order":${n % 900_000},"items":${(n % 9) + 1},"msg":"order placed"`,
    (n) => `"order":${n % 900_000},"upstream":"billing","msg":"charge accepted"`,
  ]),
  refund: row('POST', '/refunds', 0, 260, 500, 100, () => '/refunds', []),
  remove: row('DELETE', '/invoices/:id', 0, 20, 100, 100, (n) => `/invoices/${n % 500_000}`, []),
  export: row('GET', '/users/export', 0, 15, 100, 100, () => '/users/export', []),
}

function row(method, route, weight, median, bytes, user, url, app) {
  const operation = `${method} ${route}`
  const latency = logNormal(randomOf('latency', operation), median, 0.6, LONGEST)
  const said = app.map((make) => ({ make, message: JSON.parse(`{${make(0)}}`).msg }))
  return { operation, method, weight, bytes, user, url, app: said, latency }
}

const WORDS = ['lamp', 'chair', 'desk', 'shelf', 'vase', 'rug', 'clock', 'mirror', 'candle', 'frame', 'box']

/** Copies, for each writer adds its own head to them. */
export function operationsOf(service) {
  const copy = (operations) => operations.map((operation) => ({ ...operation }))
  return {
    usual: copy(OPERATIONS[service]),
    ...Object.fromEntries(Object.entries(EXTRA).map(([name, operation]) => [name, { ...operation }])),
  }
}

const NAMES = ['ada', 'ben', 'chloe', 'dan', 'eva', 'finn', 'gita', 'hugo', 'ines', 'jun', 'kai', 'lena']

/** @param megabytes of text in all: the more, the more users */
export function usersOf(megabytes) {
  const count = Math.round(Math.min(5000, 320 + megabytes))
  return Array.from({ length: count }, (_, i) => ({
    name: `${NAMES[i % NAMES.length]}.${i}`,
    home: address(18, i),
    mobile: address(19, i),
  }))
}

/** Those whose lines are kept as a whole, by number. */
export const PEOPLE = [5, 101, 300]
/** Of these days one request is followed through both services. */
export const FOLLOWED = [10, 40, 80]

/** Of the network that is kept for tests, 198.18.0.0/15. */
export function address(net, i) {
  return `198.${net}.${(i >> 8) & 255}.${i & 255}`
}

export const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0',
  'curl/8.5.0',
]

/** Which of the usual operations a request is for: 1024 entries, as many of each as its weight says. */
export function lottery(operations) {
  const sum = operations.reduce((all, { weight }) => all + weight, 0)
  const chosen = []
  for (const operation of operations)
    for (let i = Math.round((operation.weight / sum) * 1024); i > 0; i--) chosen.push(operation)
  while (chosen.length < 1024) chosen.push(operations[0])
  return chosen.slice(0, 1024)
}

/** A request that goes on from a shop's host to the billing service under the same id, at this time of a day. */
export function sharedRequests(seed, day, start, count) {
  const random = randomOf(seed, 'shared', day)
  return Array.from({ length: count }, (_, k) => ({
    time: Math.floor(start + ((k + fraction(random) * 0.8) / count) * (DAY - MINUTE)),
    bits: [random(), random(), random()],
    user: random(),
    number: below(random, 2 ** 31),
  }))
}
