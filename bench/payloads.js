/**
 * What is logged. Each row: its size, what it is, and a function that logs the n-th of them, with a secret in it or without.
 */
const ITEMS = Array.from({ length: 19 }, (_, i) => ({
  id: 1000 + i,
  sku: `SKU-${4711 + i * 13}`,
  name: `Reusable bottle number ${i}, steel, 0.75 l`,
  price: { amount: 1200 + i, currency: 'EUR', vat: 19 },
  tags: ['kitchen', 'outdoor', `shelf-${i}`],
  stock: { berlin: i, hamburg: i * 2, munich: i * 3 },
}))

const HEADERS = {
  host: 'shop.example',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
  'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'cache-control': 'no-cache',
  referer: 'https://shop.example/products?category=kitchen&page=2',
  'sec-fetch-dest': 'document',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-site': 'same-origin',
  'x-forwarded-for': '203.0.113.9, 198.51.100.7',
  'x-forwarded-proto': 'https',
  'sec-ch-ua': '"Chromium";v="138", "Google Chrome";v="138", "Not.A/Brand";v="24"',
  'sec-ch-ua-platform': '"Linux"',
  'upgrade-insecure-requests': '1',
  'if-none-match': 'W/"4e2-Xw9dQm0bV6rTzq1kG7uYh3sJp5c"',
  priority: 'u=0, i',
}

/** In every line that has a secret, so that a sample can look for it afterwards. */
export const SECRET = 'inventedForTheBench0123456789ABCDEFG'

const COURIER = 'courier, next working day, before noon'

const errors = [new Error('the stock service does not answer'), withConnectionString()]

function withConnectionString() {
  return new Error(`connect ECONNREFUSED postgres://shop:${SECRET}@db.example:5432/shop`)
}

export const PAYLOADS = {
  P1: {
    size: '200 B',
    is: 'an info line with 5 fields',
    log(log, n, secret) {
      const orderId = `ord_${n}`
      // Literals, as programs have them: a spread makes objects that all loggers are slow to read.
      if (secret)
        log.info({ userId: n, orderId, amount: n * 3, paid: true, password: SECRET }, 'order created')
      else
        log.info({ userId: n, orderId, amount: n * 3, paid: true, shippingMethod: COURIER }, 'order created')
    },
  },
  P2: {
    size: '1 KB',
    is: 'a request record',
    log(log, n, secret) {
      const url = `/orders/${n}?page=2&sort=price${secret ? `&q=ghp_${SECRET}` : '&q=bottle'}`
      const req = {
        id: n,
        method: 'GET',
        url,
        headers: HEADERS,
        remoteAddress: '203.0.113.9',
        remotePort: 51234,
      }
      log.info({ req, res: { statusCode: 200, contentLength: 512 }, responseTime: 12 }, 'request completed')
    },
  },
  P3: {
    size: '4 KB',
    is: 'a nested object',
    log(log, n, secret) {
      const cart = { id: n, customer: { id: n, name: 'Ada' }, items: ITEMS }
      if (secret) log.info({ cart, payment: { provider: 'invented', clientSecret: SECRET } }, 'cart saved')
      else log.info({ cart, payment: { provider: 'invented', currency: 'EUR' } }, 'cart saved')
    },
  },
  P4: {
    size: 'error',
    is: 'an error with its stack, at level error',
    log(log, n, secret) {
      log.error({ err: errors[secret ? 1 : 0], orderId: n }, 'order failed')
    },
  },
}
