/**
 * What is planted into the generated logs, as data: when, on which host, which events, and what a report has to say of
 * it. Days are counted from 0; the last whole one is 89. The last week has what traffic shows, the week from day 70 on
 * what was done to sealed segments.
 */
import { DAY, HOUR, MINUTE, SECOND } from './world.js'

/** Addresses of the networks for documentation: none of the users has one. */
const SPRAYER = '203.0.113.66'
const GUESSER = '203.0.113.9'
const ELSEWHERE = '192.0.2.44'
const SCRIPT = 'python-requests/2.32'

/**
 * Each: `host`, `day`, `at` milliseconds of the day, `events(context)` with times that count from `at`, `expect` the
 * findings that may and must tell of it (kinds of lib/review/report.ts), or none for what nothing may tell of.
 */
export const INCIDENTS = {
  spraying: {
    what: 'one address tries 300 users in 20 minutes, and then one of them is let in',
    host: 'web-2',
    day: 86,
    at: 3 * HOUR + 10 * MINUTE,
    expect: ['bursts', 'new-addresses', 'failed-logins'],
    facts: { address: SPRAYER, users: 300, failed: 300, succeeded: 1 },
    events: ({ users }) => [
      ...Array.from({ length: 300 }, (_, i) => ({
        after: i * 4 * SECOND,
        type: 'login',
        user: users[i].name,
        remote: SPRAYER,
        ok: false,
        agent: SCRIPT,
      })),
      {
        after: 26 * MINUTE,
        type: 'login',
        user: users[42].name,
        remote: SPRAYER,
        ok: true,
        agent: SCRIPT,
      },
    ],
  },
  guessing: {
    what: 'one user is tried 40 times in 6 minutes',
    host: 'web-1',
    day: 87,
    at: 2 * HOUR + 40 * MINUTE,
    expect: ['bursts', 'failed-logins'],
    facts: { address: GUESSER, user: 7, failed: 40 },
    events: ({ users }) =>
      Array.from({ length: 40 }, (_, i) => ({
        after: i * 9 * SECOND,
        type: 'login',
        user: users[7].name,
        remote: GUESSER,
        ok: false,
        agent: SCRIPT,
      })),
  },
  'new address': {
    what: 'a user logs in from an address that was not seen before',
    host: 'web-1',
    day: 88,
    at: 14 * HOUR + 5 * MINUTE,
    expect: ['new-addresses'],
    facts: { address: ELSEWHERE, user: 3 },
    events: ({ users }) => [{ after: 0, type: 'login', user: users[3].name, remote: ELSEWHERE, ok: true }],
  },
  denial: {
    what: 'somebody is denied what nobody was denied before',
    host: 'api-1',
    day: 88,
    at: 11 * HOUR + 20 * MINUTE,
    expect: ['denials'],
    facts: { action: 'user.export', actor: 'temp-4' },
    events: () => [
      {
        after: 0,
        type: 'audit',
        operation: 'export',
        action: 'user.export',
        actor: 'temp-4',
        target: 'users',
        outcome: 'denied',
        reason: 'role',
      },
    ],
  },
  token: {
    what: 'from here on the program tries to log a token with each webhook',
    host: 'api-1',
    day: 87,
    at: 9 * HOUR,
    expect: ['secrets'],
    facts: { operation: 'POST /webhooks', rule: 'authorization' },
    events: () => [{ after: 0, type: 'leak' }],
  },
  'silent day': {
    what: 'a host is down for a day, its keeper too',
    host: 'web-2',
    day: 85,
    at: 0,
    expect: ['silent-days'],
    facts: {},
    events: () => [
      { after: -SECOND, type: 'stop', keeper: true },
      { after: DAY - 1, type: 'begin' },
    ],
  },
  gap: {
    what: 'a full disk costs 137 lines',
    host: 'api-1',
    day: 86,
    at: 16 * HOUR,
    expect: ['gaps', 'disk', 'errors'],
    facts: { lines: 137 },
    events: () => [{ after: 0, type: 'gap', count: 137, lasted: 90 * SECOND }],
  },
  'clock step': {
    what: 'the clock is put forward by 45 minutes',
    host: 'web-2',
    day: 88,
    at: 9 * HOUR + 30 * MINUTE,
    expect: ['clock'],
    facts: { step: 45 * MINUTE },
    events: () => [{ after: 0, type: 'clock', step: 45 * MINUTE }],
  },
  'torn tail': {
    what: 'a program is killed in the middle of a line',
    host: 'api-1',
    day: 84,
    at: 13 * HOUR,
    expect: ['torn'],
    facts: {},
    events: () => [{ after: 0, type: 'kill' }],
  },
  'stopped shipping': {
    what: 'from here on nothing is shipped',
    host: 'web-1',
    day: 85,
    at: 15 * HOUR + 2 * SECOND,
    expect: ['shipping'],
    facts: {},
    events: () => [{ after: 0, type: 'unshipped' }],
  },
  deleted: {
    what: 'a sealed segment is deleted',
    host: 'web-1',
    day: 72,
    at: 12 * HOUR,
    expect: ['integrity', 'unreadable'],
    facts: { kinds: ['missing'] },
    events: () => [{ after: 0, type: 'damage', part: 'deleted' }],
  },
  flipped: {
    what: 'one bit of a sealed segment is turned',
    host: 'web-2',
    day: 74,
    at: 12 * HOUR,
    expect: ['integrity', 'unreadable'],
    facts: { kinds: ['modified'] },
    events: () => [{ after: 0, type: 'damage', part: 'flipped' }],
  },
  forged: {
    what: 'a sealed segment is replaced by one with a byte of a line changed, encrypted to the same key',
    host: 'api-1',
    day: 76,
    at: 12 * HOUR,
    expect: ['integrity', 'unreadable'],
    facts: { kinds: ['modified'] },
    events: () => [{ after: 0, type: 'damage', part: 'forged' }],
  },
}

/** What is unusual and yet nothing to report. */
export const NO_INCIDENTS = {
  'mistyped password': {
    what: 'a user mistypes three times and is then let in',
    host: 'web-1',
    day: 87,
    at: 10 * HOUR,
    events: ({ users }) =>
      [false, false, false, true].map((ok, i) => ({
        after: i * 12 * SECOND,
        type: 'login',
        user: users[11].name,
        remote: users[11].home,
        ok,
      })),
  },
  restart: {
    what: 'a new version is started',
    host: 'web-1',
    day: 86,
    at: 8 * HOUR,
    events: () => [
      { after: 0, type: 'stop' },
      { after: 4 * SECOND, type: 'begin' },
    ],
  },
  'keeper restart': {
    what: 'a keeper is started anew, and its hour is told of 25 minutes late',
    host: 'web-1',
    day: 85,
    at: 10 * HOUR,
    events: () => [{ after: -1, type: 'late', by: 25 * MINUTE }],
  },
  sale: { what: 'five times the traffic', host: '*', day: 89, at: 0, events: () => [] },
  'quiet night': { what: 'six hours without a request', host: 'api-1', day: 88, at: 0, events: () => [] },
  'quiet day': {
    what: 'a day without a line, and a keeper that runs',
    host: 'api-1',
    day: 83,
    at: 0,
    events: () => [],
  },
}

export const SALE = { day: 89, times: 5 }

/** Hours in which a host has no requests. */
export function isQuiet(host, day, hour) {
  return host === 'api-1' && (day === 83 || (day === 88 && hour < 6))
}

/**
 * The events of a host, in the order of their times.
 * @param context `{ host, start, users, incidents }`: `start` of the first day; `incidents` false leaves all out that a
 * report would tell of
 */
export function plantedEvents({ host, start, users, incidents }) {
  const planted = incidents ? { ...INCIDENTS, ...NO_INCIDENTS } : NO_INCIDENTS
  return Object.values(planted)
    .filter((incident) => incident.host === host)
    .flatMap(({ day, at, events }) =>
      events({ users }).map(({ after, ...event }) => ({ ...event, time: start + day * DAY + at + after })),
    )
    .sort((a, b) => a.time - b.time)
}

/** What a report of one of these names has to say, with the times. */
export function toldOf(start, users) {
  return Object.entries(INCIDENTS).map(([name, { what, host, day, at, expect, facts }]) => ({
    name,
    what,
    host,
    day,
    at: start + day * DAY + at,
    expect,
    facts: { ...facts, ...(facts.user === undefined ? {} : { user: users[facts.user].name }) },
  }))
}
