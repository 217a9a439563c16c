/**
 * What a day of a shop's log is made of: requests with an id of their own, an access record and a few lines in each,
 * now and then a failure with its stack. No two lines are alike; the same numbers come in each run.
 */
import { runOperation } from 'hushlog'

const ROUTES = [
  'GET /orders/:id',
  'GET /products',
  'GET /products/:sku',
  'POST /orders',
  'PUT /cart',
  'GET /health',
]
const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36',
  'curl/8.5.0',
]
const WORDS = [
  'steel',
  'bottle',
  'kettle',
  'oak',
  'table',
  'lamp',
  'linen',
  'wool',
  'copper',
  'basket',
  'red',
  'large',
]
const failure = new Error('the stock service does not answer')

/** One request after the other. */
export class Requests {
  #state = 1

  /** @returns how many lines it has logged */
  log(log) {
    const route = ROUTES[this.#below(ROUTES.length)]
    return runOperation(route, () => {
      const userId = this.#below(200_000)
      const orderId = this.#below(1e9)
      const took = this.#below(90_000) / 100
      log.info({ userId, orderId, query: this.#words(), items: this.#below(30) }, 'looked up in the stock')
      const isFailed = this.#below(200) === 0
      if (isFailed) log.error({ err: failure, orderId, tries: 3 }, 'order failed')
      else log.info({ userId, orderId, amount: this.#below(1e6), rows: this.#below(99), took }, 'order read')
      log.info({ ...this.#access(route, orderId, isFailed), responseTime: took }, 'request completed')
      return 3
    })
  }

  #access(route, orderId, isFailed) {
    const [method, path] = route.split(' ')
    const url = `${path.replace(':id', orderId).replace(':sku', `SKU-${orderId % 9973}`)}?page=${this.#below(50)}`
    const remoteAddress = `198.51.${this.#below(256)}.${this.#below(256)}`
    const userAgent = AGENTS[this.#below(AGENTS.length)]
    const statusCode = isFailed ? 502 : 200
    return {
      req: { method, url, remoteAddress, userAgent },
      res: { statusCode, contentLength: this.#below(65_536) },
    }
  }

  #words() {
    return Array.from({ length: 3 }, () => WORDS[this.#below(WORDS.length)]).join(' ')
  }

  /** Numerical Recipes' generator, whose upper bits are good enough for this. */
  #below(limit) {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((this.#state / 2 ** 32) * limit)
  }
}
