/**
 * Real requests: many ordinary ones by autocannon, and by hand those that end in other ways.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'

const CONNECTIONS = 20
const EACH = 3

/**
 * Sends it all to one server.
 * @returns how many requests were sent, and how many of them were answered with which status or aborted
 */
export async function sendTraffic(port, secrets, amount) {
  const counts = { sent: 0, aborted: 0, statuses: {} }
  await sendMany(port, secrets, amount, counts)
  const special = [...failedLogins(secrets), ...careless(secrets), ...failures(), login(secrets, true)]
  for (const request of special) await sendOne(port, request, counts)
  for (let i = 0; i < EACH; i++) await abort(port, '/slow', () => sleep(50), counts)
  for (let i = 0; i < EACH; i++) await abort(port, '/export', (socket) => once(socket, 'data'), counts)
  return counts
}

async function sendMany(port, secrets, amount, counts) {
  const requests = [
    { path: `/orders/17?access_token=${secrets['token in a query']}&page=2` },
    { path: '/products?page=1' },
    { path: '/orders/18', headers: { authorization: `Bearer ${secrets['bearer token']}` } },
    { path: '/orders/23', headers: { cookie: `theme=dark; sid=${secrets['session cookie']}` } },
    { path: '/nothing-here' },
    { path: '/orders/19', headers: { 'x-api-key': secrets['api key in a header'] } },
    login(secrets, false),
  ]
  const url = `http://127.0.0.1:${port}`
  const result = await autocannon({ url, connections: CONNECTIONS, amount, requests, timeout: 60 })
  if (result.errors + result.timeouts > 0) throw new Error(`${result.errors} requests of autocannon failed`)
  counts.sent += amount
  for (const [status, { count }] of Object.entries(result.statusCodeStats)) add(counts, status, count)
}

async function sendOne(port, { path, ...options }, counts) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, options)
  await response.arrayBuffer()
  counts.sent++
  add(counts, response.status, 1)
}

function add({ statuses }, status, count) {
  statuses[status] = (statuses[status] ?? 0) + count
}

/** Leaves a moment after the request went out, or after the first bytes of the answer. */
async function abort(port, path, moment, counts) {
  const socket = connect(port, '127.0.0.1')
  const sent = new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, () => resolve())
  })
  await Promise.all([sent, moment(socket)])
  socket.destroy()
  counts.sent++
  counts.aborted++
}

function post(path, body, headers = {}) {
  return {
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  }
}

function login(secrets, known) {
  return post('/login', { username: 'ada', password: secrets['password of a login'], known })
}

function failedLogins(secrets) {
  return Array.from({ length: EACH }, (_, i) =>
    post('/login', { username: `eve${i}`, password: secrets['password of a login'] }),
  )
}

function failures() {
  return Array.from({ length: EACH }, () => ({ path: '/report' }))
}

/** Requests that are full of secrets, to handlers that log all of it. */
function careless(secrets) {
  const basic = Buffer.from(`ada:${secrets['password of basic authorization']}`).toString('base64')
  return [
    {
      path: `/orders/20?q=${secrets['key in a harmless query parameter']}`,
      headers: { authorization: `Basic ${basic}` },
    },
    { path: '/orders/21', headers: { 'user-agent': `deploy/1.0 ${secrets['token in the user agent']}` } },
    {
      path: '/orders/22',
      headers: {
        referer: `https://mail.example/open?reset_token=${secrets['token in the referer']}&lang=en`,
      },
    },
    { path: `/reset/${secrets['token in a path']}` },
    post('/profile', {
      name: 'Ada',
      password: secrets['password in a JSON body'],
      payment: { card: secrets['card number'], note: `paid with ${secrets['card number']}` },
      deploy: { awsKey: secrets['AWS access key'], pem: secrets['private key'] },
      webhook: JSON.stringify({
        url: 'https://hook.example',
        config: { client_secret: secrets['secret in JSON in a string'] },
      }),
      voucher: secrets['value given to hide()'],
    }),
  ]
}
