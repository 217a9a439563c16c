/**
 * CPU time until a module and all that it imports is there, in a process of its own: node bench/load.js MODULE
 */
const before = process.cpuUsage()
await import(process.argv[2])
const { user, system } = process.cpuUsage(before)
process.stdout.write(JSON.stringify({ ms: (user + system) / 1000 }))
process.exit()
