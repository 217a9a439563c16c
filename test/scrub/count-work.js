/**
 * Counts the work that the gate does on each hostile input, in steps and not in time: how often each block of code of
 * the scrubber runs (V8's own coverage), how often the scanner reads memory (by a call that binaryen puts before each
 * load), and how many bytes the runtime's own searches walk over. The same in each run. For a process of its own, since
 * coverage slows all that runs. Writes JSON: for each name the bytes and the steps, of one size and of twice that.
 *
 * node --no-opt test/scrub/count-work.js wasm|plain message|alone SIZE
 */
import { Session } from 'node:inspector/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

if (isMainThread) await main()
else await instrument()

async function main() {
  const [, , kind, wrap, size] = process.argv
  const sizes = [Number(size), 2 * Number(size)]
  process.env.HUSHLOG_SCANNER = kind
  const counted = { loads: 0, walked: 0 }
  await countLoads(counted)
  countSearches(counted)

  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  // Before the code is loaded: only then every block of it has a counter.
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const { flood, HOSTILE, REGISTERED } = await import('./hostile.js')
  const { createFinder } = await import('../../build/scrub/scrubber.js')
  const { Gate } = await import('../../build/scrub/gate.js')
  const stub = (error) => {
    throw error
  }
  const gate = new Gate({ finder: createFinder({ env: false, hide: [REGISTERED] }, []), stub })
  const scrub = (text) => {
    gate.add(text, 30, 0)
    gate.take(() => {})
  }
  const stepsOf = async (text) => {
    await session.post('Profiler.takePreciseCoverage')
    counted.loads = 0
    counted.walked = 0
    scrub(text)
    const { result } = await session.post('Profiler.takePreciseCoverage')
    return (
      counted.loads + counted.walked + blocksIn(result.filter(({ url }) => url.includes('/build/scrub/')))
    )
  }
  const shape = wrap === 'message' ? (text) => JSON.stringify({ msg: text }) : (text) => text
  const results = {}
  for (const [name, unit] of Object.entries(HOSTILE)) {
    // Names that were seen before cost less: all are known when the counting begins.
    scrub(shape(flood(unit, sizes[0])))
    results[name] = []
    for (const size of sizes) {
      const text = shape(flood(unit, size))
      results[name].push({ bytes: Buffer.byteLength(text), steps: await stepsOf(text) })
    }
  }
  process.stdout.write(JSON.stringify(results))
}

function blocksIn(scripts) {
  let blocks = 0
  for (const { functions } of scripts)
    for (const { ranges } of functions) for (const { count } of ranges) blocks += count
  return blocks
}

/** Modules of WebAssembly are made anew with a call before each of their loads. */
async function countLoads(counted) {
  const { WASM } = await import('../../build/scrub/scanner/wasm-bytes.js')
  const worker = new Worker(new URL(import.meta.url), { workerData: WASM })
  const instrumented = await new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
  })
  const { Module, Instance } = WebAssembly
  const hooks = new Proxy(
    {
      load_ptr: (_id, _bytes, _offset, address) => {
        counted.loads++
        return address
      },
      store_ptr: (_id, _bytes, _offset, address) => address,
    },
    { get: (known, name) => known[name] ?? ((_id, value) => value) },
  )
  WebAssembly.Module = () => new Module(instrumented)
  WebAssembly.Instance = (module, { env }) =>
    new Instance(module, { env: new Proxy(env, { get: (own, name) => own[name] ?? hooks[name] }) })
}

/** In a thread of its own, whose code is not counted. */
async function instrument() {
  const { default: binaryen } = await import('binaryen')
  const module = binaryen.readBinary(Buffer.from(workerData, 'base64'))
  module.setFeatures(binaryen.Features.All)
  module.runPasses(['instrument-memory'])
  parentPort.postMessage(module.emitBinary())
}

function countSearches(counted) {
  for (const prototype of [Uint8Array.prototype, Buffer.prototype]) {
    for (const name of ['indexOf', 'lastIndexOf']) {
      const search = prototype[name]
      const atEnd = (bytes) => (name === 'indexOf' ? bytes.length : 0)
      prototype[name] = function (value, from, ...rest) {
        const found = from === undefined ? search.call(this, value) : search.call(this, value, from, ...rest)
        const start = typeof from === 'number' ? from : this.length - atEnd(this)
        counted.walked += Math.abs((found === -1 ? atEnd(this) : found) - start)
        return found
      }
    }
  }
}
