/** A program that starts a keeper, hands it a segment and forgets about it: `child-keeper.ts DIR SEGMENT`. */
import { Keeper } from '../../lib/keep/keeper.ts'

const [dir, segment] = process.argv.slice(2)
const keeper = new Keeper({ dir, keepDays: 90, onError: (error) => console.log(error) })
await keeper.start()
keeper.seal(segment, 'size')
keeper.seal(`${segment}.nonsense`, 'size')
