/**
 * One host: 90 days and what has passed of today, event by event, into its log directory; counted meanwhile. Run by
 * generate.js as a process of its own: node host.js '{"index":0,…}'
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isQuiet, plantedEvents, SALE } from './incidents.js'
import { accessLine, appLine, auditLine, headOf, iso, requestId } from './lines.js'
import { below, fraction, randomOf, waiting } from './random.js'
import { makeFolder, SegmentsOfHost, withoutForcing } from './segments.js'
import { add, addNested, dayOf, emptyTally } from './tally.js'
import * as world from './world.js'

const { DAY, DAYS, FOLLOWED, HOUR, HOSTS, MINUTE, PEOPLE, SECOND } = world

/** Of a request with its lines, on average, and how many go on to the other service. */
const BYTES_PER_REQUEST = { shop: 910, billing: 985 }
const SHARED = 0.02
const LOGINS = 0.05
const STORIES = 2
/** When a request may begin, so that it ends on the same day. */
const LAST_CALL = 10 * SECOND

const ERROR = `,"err":{"type":"Error","message":"database timeout","stack":"Error: database timeout\\n    at Pool.query (file:///srv/app/lib/pool.js:88:11)\\n    at async load (file:///srv/app/lib/load.js:31:16)\\n    at async file:///srv/app/routes/orders.js:17:19"}`

class Host {
  #settings
  #name
  #random
  #segments
  #operations
  #lottery
  #users
  #people
  #start
  #planted
  #whole = emptyTally()
  #parts = {}
  #tally = this.#whole
  #day
  #dayName = ''
  #isLastWeek = false
  #perDay
  #requests = 0
  #storyEvery
  #story
  /** Lines of requests that are under way, by their time. */
  #pending = []
  #last = 0
  #down = false
  #keeperDown = false
  #leaks = false
  #skippedUntil = 0
  #pid = 4000

  constructor(settings) {
    const { seed, index, megabytes, start, incidents } = settings
    const { host, service } = HOSTS[index]
    this.#settings = settings
    this.#name = host
    this.#random = randomOf(seed, host)
    this.#segments = new SegmentsOfHost({ host, service, ...settings })
    this.#segments.onPart = (part) => {
      this.#tally = part === undefined ? this.#whole : (this.#parts[part] ??= emptyTally())
      this.#day = dayOf(this.#tally, this.#dayName)
    }
    this.#operations = world.operationsOf(service)
    this.#lottery = world.lottery(this.#operations.usual)
    this.#users = world.usersOf(megabytes)
    this.#people = new Set(PEOPLE.map((i) => this.#users[i].name))
    this.#start = start
    this.#planted = plantedEvents({ host, start, users: this.#users, incidents })
    this.#perDay = (megabytes * 1e6) / HOSTS.length / (DAYS + 4) / BYTES_PER_REQUEST[service]
    this.#storyEvery = Math.max(1, Math.floor((this.#perDay * DAYS) / STORIES))
  }

  async run() {
    this.#begin(this.#start)
    await this.#segments.beginShipping(this.#start)
    for (let day = 0; day <= DAYS; day++) await this.#runDay(day)
    return { host: this.#name, whole: this.#whole, parts: this.#parts, ...this.#results() }
  }

  #results() {
    const { counts, damaged } = this.#segments
    return { ...counts, damaged, requests: this.#requests }
  }

  #begin(time) {
    this.#pid += 100 + below(this.#random, 900)
    const bits = [this.#random(), this.#random(), this.#random()]
    const writer = this.#segments.begin(this.#pid, time, bits)
    const { usual, ...extra } = this.#operations
    for (const operation of [...usual, ...Object.values(extra)])
      operation.head = headOf(writer, operation.operation)
    this.#down = this.#keeperDown = false
  }

  async #runDay(day) {
    const { now } = this.#settings
    const start = this.#start + day * DAY
    const end = Math.min(start + DAY, now)
    if (start >= end) return
    this.#dayName = new Date(start).toISOString().slice(0, 10)
    this.#day = dayOf(this.#tally, this.#dayName)
    this.#isLastWeek = day >= DAYS - 7
    const events = this.#eventsOf(day, start, end)
    const arrivals = this.#arrivals(day, start, end)
    let arrival = arrivals.next().value
    let at = 0
    for (;;) {
      const event = events[at]
      const time = Math.min(event?.time ?? Infinity, arrival ?? Infinity)
      if (time === Infinity) break
      this.#drain(time)
      if (this.#pending.length === 0 && this.#segments.isFull) await this.#segments.end(this.#last, 'size')
      if (event?.time === time) {
        at++
        await this.#happens(event)
      } else {
        if (!this.#down && time >= this.#skippedUntil) this.#arrives(time)
        arrival = arrivals.next().value
      }
    }
    this.#drain(Infinity)
    if (end < start + DAY) this.#segments.leaveOpen()
    else await this.#segments.end(end + 5, 'day')
  }

  /** Times of requests that come by chance. */
  *#arrivals(day, start, end) {
    const weekend = [0, 6].includes(new Date(start).getUTCDay()) ? 0.8 : 1
    const factor = weekend * (day === SALE.day ? SALE.times : 1) * (0.9 + 0.2 * fraction(this.#random))
    for (let hour = 0; hour < 24; hour++) {
      if (isQuiet(this.#name, day, hour)) continue
      const begin = start + hour * HOUR
      const stop = Math.min(begin + HOUR, end - LAST_CALL)
      const mean = HOUR / (this.#perDay * factor * world.RHYTHM[hour])
      for (let time = begin; (time += waiting(this.#random, mean)) < stop; ) yield Math.floor(time)
    }
  }

  #eventsOf(day, start, end) {
    const late = this.#planted.find(({ type }) => type === 'late')
    const beats = Array.from({ length: 24 }, (_, hour) => ({
      time: start + hour * HOUR + SECOND,
      type: 'beat',
    }))
    for (const beat of beats)
      if (late !== undefined && Math.floor(beat.time / HOUR) === Math.ceil(late.time / HOUR))
        beat.time += late.by
    const planted = this.#planted.filter(({ time, type }) => type !== 'late' && time >= start && time < end)
    return [...beats, ...planted, ...this.#regular(day, start)]
      .filter(({ time }) => time < end - (end < start + DAY ? LAST_CALL : 0))
      .sort((a, b) => a.time - b.time)
  }

  /** What comes each day: first logins, so that addresses are known; the staff's work; requests through both services. */
  #regular(day, start) {
    if (isQuiet(this.#name, day, 12)) return []
    return [...this.#firstLogins(day, start), ...this.#staff(day, start), ...this.#shared(day, start)].filter(
      ({ time }) => !isQuiet(this.#name, day, Math.floor((time - start) / HOUR)),
    )
  }

  #firstLogins(day, start) {
    if (this.#name !== 'web-1') return []
    return this.#users.flatMap(({ name, home, mobile }, i) =>
      [home, mobile].flatMap((remote, k) => {
        if ((i + 30 * k) % 60 !== day) return []
        const time = start + 7 * HOUR + below(this.#random, 12 * HOUR)
        return { time, type: 'login', user: name, remote, ok: true }
      }),
    )
  }

  #staff(day, start) {
    if (this.#name !== 'api-1') return []
    const refunds = Array.from({ length: 6 }, (_, k) => ({
      time: start + 8 * HOUR + k * HOUR + below(this.#random, 50 * MINUTE),
      type: 'audit',
      operation: 'refund',
      action: 'refund.create',
      actor: `staff-${1 + ((day + k) % 4)}`,
      target: `order:${below(this.#random, 900_000)}`,
      outcome: 'success',
    }))
    const removals = ['staff-1', 'support-2'].map((actor, k) => ({
      time: start + 16 * HOUR + k * HOUR + below(this.#random, 50 * MINUTE),
      type: 'audit',
      operation: 'remove',
      action: 'invoice.delete',
      actor,
      target: `invoice:${below(this.#random, 500_000)}`,
      ...(k === 0 ? { outcome: 'success' } : { outcome: 'denied', reason: 'role' }),
    }))
    return [...refunds, ...removals]
  }

  #shared(day, start) {
    if (this.#name === 'web-2') return []
    const count = Math.max(1, Math.round(this.#perDay * SHARED))
    const requests = world.sharedRequests(this.#settings.seed, day, start, count)
    return requests.map((request, k) => ({
      ...request,
      type: 'shared',
      id: requestId(request.time, ...request.bits),
      isFollowed: k === 0 && FOLLOWED.includes(day),
    }))
  }

  async #happens(event) {
    const isOfProgram = ['login', 'audit', 'shared', 'gap', 'clock', 'kill'].includes(event.type)
    if (isOfProgram && (this.#down || event.time < this.#skippedUntil)) return
    await this.#handlers[event.type](event)
  }

  #handlers = {
    beat: ({ time }) => (this.#keeperDown ? undefined : this.#segments.beat(time)),
    login: (event) => this.#login(event),
    audit: (event) => this.#audit(event),
    shared: (event) => this.#sharedRequest(event),
    leak: () => {
      this.#leaks = true
    },
    damage: async ({ time, part }) => {
      this.#drain(Infinity)
      await this.#segments.end(Math.max(time, this.#last), 'size')
      this.#segments.damageNext(part)
    },
    stop: async ({ time, keeper = false }) => {
      this.#drain(Infinity)
      await this.#segments.end(Math.max(time, this.#last), 'close')
      this.#down = true
      this.#keeperDown = keeper
    },
    begin: ({ time }) => this.#begin(time),
    unshipped: () => this.#segments.stopShipping(),
    kill: async ({ time }) => {
      this.#drain(Infinity)
      this.#processLine(time, 30, '"msg":"about to be killed"')
      this.#drain(Infinity)
      await this.#segments.kill(time, `{"level":30,"time":"${iso(time)}","service":"bil`)
      this.#begin(time + 5 * SECOND)
    },
    gap: async ({ time, count, lasted }) => {
      const [first, last, reason] = [time - lasted, time - 1, 'disk full (ENOSPC)']
      const levels = { 30: count }
      const fields = { kind: 'gap', reason, count, levels, first: iso(first), last: iso(last) }
      const disk = { kind: 'disk', state: 'full', reason, msg: `lines wait in memory: ${reason}` }
      this.#drain(Infinity)
      this.#processLine(Math.max(time - 1, this.#last), 50, members(disk))
      this.#processLine(
        Math.max(time, this.#last),
        50,
        members({ ...fields, msg: `${count} lines lost: ${reason}` }),
      )
      this.#drain(Infinity)
      await this.#segments.record(time + 20, { kind: 'gap', reason, count, levels, first, last })
    },
    clock: async ({ time, step }) => {
      const [from, to] = [time, time + step]
      this.#drain(Infinity)
      this.#skippedUntil = to
      const fields = { kind: 'clock', step, from: iso(from), to: iso(to) }
      this.#processLine(to, 40, members({ ...fields, msg: `the clock was set by ${step} ms` }))
      await this.#segments.record(to + 20, { kind: 'clock', step, from, to })
    },
  }

  #processLine(time, level, rest) {
    const { head, id } = this.#segments.process
    this.#put(time, level, appLine(level, time, head, id, rest))
  }

  #arrives(time) {
    const random = this.#random
    const isShop = this.#name !== 'api-1'
    if (isShop && fraction(random) < LOGINS) return this.#someoneLogsIn(time)
    const operation = this.#lottery[random() & 1023]
    const user =
      below(random, 100) < operation.user ? this.#users[below(random, this.#users.length)] : undefined
    const bits = [random(), random(), random()]
    this.#request(time, operation, { id: requestId(time, ...bits), user, number: random() })
  }

  #someoneLogsIn(time) {
    const random = this.#random
    const { name, home, mobile } = this.#users[below(random, this.#users.length)]
    const remote = below(random, 100) < 85 ? home : mobile
    // Who mistypes tries again at once, and a second mistake is seldom.
    const mistakes = below(random, 100) < 4 ? 1 + (below(random, 8) === 0 ? 1 : 0) : 0
    for (let i = 0; i <= mistakes; i++)
      this.#login({ time: time + i * 300, type: 'login', user: name, remote, ok: i === mistakes, took: 120 })
  }

  /** One of the usual requests, with what the program logs meanwhile. */
  #request(
    start,
    operation,
    { id, user, number, remote, status = this.#statusOf(operation), isFollowed = false },
  ) {
    const random = this.#random
    this.#story = this.#isStory(isFollowed) ? id : undefined
    const { head, method } = operation
    const took = operation.latency[random() & 4095]
    const count = operation.app.length
    for (let k = 0; k < count; k++) {
      const { make, message } = operation.app[k]
      const time = start + Math.floor((took * (k + 1)) / (count + 1))
      const leak = this.#leaks && operation.operation === 'POST /webhooks' && k === 0
      if (leak) addNested(this.#day.markers, operation.operation, 'authorization')
      const rest = leak ? `"authorization":"[SECRET:authorization]",${make(number)}` : make(number)
      add(this.#day.messages, message)
      this.#put(time, 30, appLine(30, time, head, id, rest))
    }
    const address = remote ?? (user === undefined ? world.address(18, number & 65_535) : user.home)
    const failed = status === 500
    const url = operation.url(number)
    if (url.includes('[SECRET:')) addNested(this.#day.markers, operation.operation, 'query', 2)
    this.#access(LEVELS[status] ?? 30, {
      start,
      took,
      head,
      id,
      method,
      url,
      operation: operation.operation,
      remote: address,
      user: user?.name,
      status,
      bytes: status === undefined ? 0 : number % operation.bytes,
      agent: world.AGENTS[number & 3],
      err: failed ? ERROR : undefined,
    })
  }

  #statusOf({ operation }) {
    const chance = this.#random() & 16_383
    if (chance < 10) return 500
    if (chance < 26) return undefined
    return chance < 226 && operation.includes(':id') ? 404 : 200
  }

  #login({ time, user, remote, ok, agent = world.AGENTS[0], took }) {
    const random = this.#random
    const operation = this.#operations.login
    const { head } = operation
    const id = requestId(time, random(), random(), random())
    this.#story = this.#isStory(false) ? id : undefined
    took ??= operation.latency[random() & 4095]
    const checked = time + (took >> 1)
    if (below(random, 100) < 6) {
      const rest = `"username":"${user}","password":"[SECRET:password]","msg":"login attempt"`
      addNested(this.#day.markers, operation.operation, 'password')
      add(this.#day.messages, 'login attempt')
      this.#put(checked, 30, appLine(30, checked, head, id, rest))
    } else {
      add(this.#day.messages, 'password checked')
      this.#put(checked, 30, appLine(30, checked, head, id, `"ms":${took >> 1},"msg":"password checked"`))
    }
    const outcome = ok ? 'success' : 'failure'
    this.#auditLine(time + took, head, id, {
      action: 'auth.login',
      actor: user,
      target: '/login',
      outcome,
      ...(ok ? {} : { reason: '401' }),
      remote,
    })
    if (ok) this.#day.succeeded++
    else add(this.#day.failed, `${user} ${remote}`)
    const [status, bytes] = ok ? [200, 42] : [401, 27]
    this.#access(ok ? 30 : 40, {
      ...{ start: time, took, head, id, method: 'POST', url: '/login', operation: 'POST /login' },
      ...{ remote, status, bytes, agent },
    })
  }

  #audit({ time, operation: name, ...event }) {
    const random = this.#random
    const operation = this.#operations[name]
    const { head, method } = operation
    const id = requestId(time, random(), random(), random())
    const took = operation.latency[random() & 4095]
    this.#story = undefined
    this.#auditLine(time + took, head, id, event)
    const isDenied = event.outcome === 'denied'
    this.#access(isDenied ? 40 : 30, {
      ...{
        start: time,
        took,
        head,
        id,
        method,
        url: operation.url(random()),
        operation: operation.operation,
      },
      ...{ remote: '10.4.0.17', user: event.actor, status: isDenied ? 403 : 200, bytes: 64 },
      agent: world.AGENTS[2],
    })
  }

  #sharedRequest({ time, id, user, number, isFollowed }) {
    const isShop = this.#name === 'web-1'
    const operation = isShop ? this.#operations.charge : this.#operations.usual[0]
    this.#request(time + (isShop ? 0 : 6), operation, {
      id,
      user: this.#users[user % this.#users.length],
      number,
      status: 200,
      remote: isShop ? undefined : '10.4.0.11',
      isFollowed,
    })
  }

  /** Counts the request. @returns whether all its lines are kept */
  #isStory(isFollowed) {
    return this.#requests++ % this.#storyEvery === 7 || isFollowed
  }

  #auditLine(time, head, id, event) {
    const text = auditLine(time, head, id, event)
    const { action, actor, outcome } = event
    add(this.#day.audits, `${action} ${outcome}`)
    if (action !== 'auth.login') add(this.#day.actors, `${actor} ${action} ${outcome}`)
    if (this.#people.has(actor)) this.#keep(this.#tally.people, actor, text)
    this.#put(time, outcome === 'success' ? 30 : 40, text)
  }

  #access(level, request) {
    const { start, took, operation, status, user } = request
    const text = accessLine(level, request)
    addNested(this.#day.requests, operation, status ?? 'aborted')
    if (this.#isLastWeek) addNested(this.#day.latencies, operation, took)
    if (user !== undefined && this.#people.has(user)) this.#keep(this.#tally.people, user, text)
    this.#put(start + took, level, text)
  }

  #keep(lists, name, text) {
    ;(lists[name] ??= []).push(text.trimEnd())
  }

  /** A line that is written when its time has come. */
  #put(time, level, text) {
    const day = this.#day
    day.lines++
    day.bytes += text.length
    add(day.levels, level)
    if (this.#story !== undefined && text.includes(this.#story))
      this.#keep(this.#tally.stories, this.#story, text)
    const pending = this.#pending
    let at = pending.length
    while (at > 0 && pending[at - 1].time > time) at--
    if (at === pending.length) pending.push({ time, text })
    else pending.splice(at, 0, { time, text })
  }

  #drain(until) {
    const pending = this.#pending
    let count = 0
    while (count < pending.length && pending[count].time <= until) {
      const { time, text } = pending[count++]
      this.#segments.write(time, text)
      this.#last = time
    }
    if (count === pending.length) pending.length = 0
    else if (count > 0) pending.splice(0, count)
  }
}

/** `undefined` is aborted. */
const LEVELS = { undefined: 40, 401: 40, 403: 40, 404: 40, 500: 50 }

function members(fields) {
  return JSON.stringify(fields).slice(1, -1)
}

const settings = JSON.parse(process.argv[2])
await withoutForcing()
for (const path of [settings.plain, settings.scratch]) await makeFolder(path)
const result = await new Host(settings).run()
writeFileSync(join(settings.scratch, 'truth.json'), JSON.stringify(result))
