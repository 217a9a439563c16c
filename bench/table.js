/**
 * What hushlog's speed is held against: ours, over what, on which payload, and the most that we want it to be. Each
 * row of the table comes from samples that took turns; one sample may serve several rows.
 */
const SYNC = 'pino sync 16 KB'
const ASYNC = 'pino async 4 KB'
const UNSCANNED = 'hushlog without scanning'

const row = (name, payload, ours, than, atMost, more = {}) => ({ name, payload, ours, than, atMost, ...more })
const over = (name, than, ...limits) =>
  limits.map((atMost, i) => row(name, `P${i + 1}`, 'hushlog', than, atMost))

export const ROWS = [
  row('lines', 'P1', 'hushlog', ASYNC, 0.4),
  row('lines', 'P1', 'hushlog', SYNC, 0.55),
  row('lines', 'P2', 'hushlog', ASYNC, 0.45),
  row('lines', 'P2', 'hushlog', SYNC, 0.75),
  row('secrets', 'P1', 'hushlog', ASYNC, 0.5, { everyNth: 5 }),
  row('scanning', 'P1', 'hushlog', UNSCANNED, 1.2),
  row('scanning', 'P1', UNSCANNED, ASYNC, 0.36),
  row('redact', 'P1', 'hushlog', 'pino + redact, 10 paths', 0.25),
  row('redact', 'P1', 'hushlog', 'pino + redact, 80 wildcards'),
  ...over('peers', 'pino + hide-secrets', 0.2, 0.15, 0.15),
  ...over('peers', 'pino + deep-redact', 0.2, 0.15, 0.15),
  ...over('peers', 'LogTape + pattern redaction', 0.2, 0.15, 0.15),
]

const ROTATING = 'hushlog, rotating'
const stored = (than, atMost, perTurn = 100, ours = ROTATING) =>
  row('store', 'P1', ours, than, atMost, { perTurn })

/** Told when asked for by name: no target, and a long time. */
export const MORE = [
  ...[1, 3].flatMap((perTurn) => [
    row('turns', 'P1', 'hushlog', ASYNC, undefined, { perTurn }),
    row('turns', 'P1', 'hushlog', SYNC, undefined, { perTurn }),
  ]),
  ...['P3', 'P4'].flatMap((payload) => [
    row('larger', payload, 'hushlog', ASYNC),
    row('larger', payload, 'hushlog', SYNC),
  ]),
  stored('pino sync', 0.45),
  stored(ASYNC, 0.45),
  stored('pino-roll', 0.6),
  stored('winston-daily-rotate-file', 0.6),
  stored('pino sync', undefined, 3),
  stored(ASYNC, undefined, 3),
  stored('pino sync', 1, 1),
  stored(ASYNC, undefined, 1),
  ...[100, 3, 1].map((perTurn) => stored('pino sync', 1, perTurn, 'hushlog, rotating, line')),
  ...['P1', 'P2'].flatMap((payload) => [
    row('wrap', payload, 'winston + wrap', 'winston', 1.15),
    row('wrap', payload, 'bunyan + wrap', 'bunyan', 1.2),
    row('wrap', payload, 'console + wrap', 'console', 1.2),
    row('wrap', payload, 'pino + wrap', 'pino'),
  ]),
  row('sealing', 'P1', 'hushlog, sealing each 4 MB', ASYNC),
]
