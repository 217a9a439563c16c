// console itself behind the gate, for code that prints instead of logging.
// node examples/wrap-console.js
import { unwrap, wrap } from 'hushlog'

wrap(console)
console.log('calling %s', 'https://api.example/v1/orders?access_token=inventedForThisExample')
console.error({ user: 'ada', config: { clientSecret: 'invented-for-this-example', retries: 3 } })
unwrap(console)
