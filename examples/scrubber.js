// The gate on its own, for text and values that do not become log lines: reports, tickets, error pages.
// node examples/scrubber.js
import { createScrubber } from 'hushlog'

const scrubber = createScrubber({ keys: ['loyaltyNumber'], env: false })
scrubber.hide('invented-word-of-the-day', 'greeting')

const order = { id: 17, loyaltyNumber: 'LN-INVENTED-1', note: 'say "invented-word-of-the-day"' }

console.log(scrubber.text('GET /callback?code=17&client_secret=invented-for-this-example HTTP/1.1'))
console.log(JSON.stringify(scrubber.value(order)))
console.log(JSON.stringify(order.note === 'say "invented-word-of-the-day"'), 'the original is as it was')
console.log(scrubber.counts())
