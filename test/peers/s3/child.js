/**
 * A program of its own that ships: started under another clock, with other authorities, or to see what memory it takes.
 * node child.js JSON; it prints one line of JSON.
 */
import { S3Target } from '../../../build/ship/s3/target.js'
import { objectOf } from './objects.js'

const { verb, config, bytes } = JSON.parse(process.argv[2])

const VERBS = {
  async check(target) {
    await target.check(90)
    return {}
  },
  async put(target) {
    const stored = await target.put(objectOf('memory', bytes))
    return { stored, kilobytes: process.resourceUsage().maxRSS }
  },
}

try {
  const target = await S3Target.open(config)
  console.log(JSON.stringify(await VERBS[verb](target)))
  target.close()
} catch ({ code, scope, isPermanent, message, hint }) {
  console.log(JSON.stringify({ failure: { code, scope, isPermanent, message, hint } }))
}
