/**
 * Where `hushlog()` is not `pino()`, by pino's own tests. docs/pino-options.md says the same to users.
 */

/** Files of tests that are not about a logger's options and methods. */
export const NOT_RUN = [
  { files: ['browser*'], reason: "test browser.js, pino's other half" },
  {
    files: ['transport/*', 'transport-stream.test.js'],
    reason: 'test pino.transport, which stays as it is; hushlog() refuses the option',
  },
  {
    files: [
      'exit.test.js',
      'broken-pipe.test.js',
      'syncfalse.test.js',
      'stdout-protection.test.js',
      'caller.test.js',
    ],
    reason: 'test pino.destination in programs of their own; hushlog() takes no destination',
  },
  { files: ['multistream.test.js'], reason: 'tests pino.multistream, for streams of the user' },
  { files: ['types/*', 'jest/*', 'internals/*', 'esm/*'], reason: 'test how the package pino is published' },
]

export const EXPECTED = [
  {
    file: 'basic.test.js',
    names: ['streams receive a message event with PINO_CONFIG'],
    reason: 'there is no stream of the user that could be told',
  },
  {
    file: 'basic.test.js',
    names: ['correctly skip function'],
    reason:
      'a function as message stands in the line by its name, [Function name], instead of being left out',
  },
  {
    file: 'basic.test.js',
    names: ['throws if prettyPrint is passed in as an option'],
    reason: "it is refused, with hushlog's words",
  },
  {
    file: 'crlf.test.js',
    names: ['pino can log CRLF'],
    reason: 'crlf is refused: a line ends in one line feed, whatever reads it',
  },
  {
    file: 'basic.test.js',
    names: ['does not override opts with a string as second argument'],
    reason: 'timestamp is refused: every line bears its time in ISO 8601 and UTC',
  },
  {
    file: 'formatters.test.js',
    names: ['elastic common schema format'],
    reason: 'timestamp is refused: every line bears its time in ISO 8601 and UTC',
  },
  {
    file: 'timestamp-nano.test.js',
    names: ['pino.stdTimeFunctions.isoTimeNano returns RFC 3339 timestamps'],
    reason: 'timestamp is refused: every line bears its time in ISO 8601 and UTC',
  },
  {
    file: 'timestamp.test.js',
    names: [
      'pino accepts external time functions',
      'pino accepts external time functions with custom label',
      'pino.stdTimeFunctions.unixTime returns seconds based timestamps',
      'pino.stdTimeFunctions.isoTime returns ISO 8601 timestamps',
    ],
    reason: 'timestamp is refused: every line bears its time in ISO 8601 and UTC',
  },
  {
    file: 'diagnostics.test.js',
    names: ['asJson emits events'],
    reason: "the time in pino's event is our whole stamp: time, service, host, pid, operation, id",
  },
  {
    file: 'formatters.test.js',
    names: [
      'bindings formatter',
      'no bindings formatter',
      'Formatters combined',
      'Formatters in child logger',
      'Formatters without bindings in child logger',
    ],
    reason:
      'formatters.bindings gets what the program binds; pid and host belong to the stamp and cannot be taken out',
  },
  {
    file: 'formatters.test.js',
    names: ['formatter with transport', 'throws when custom level formatter is used with transport.targets'],
    reason: 'transport is refused: it would lead lines around the gate',
  },
  {
    file: 'levels.test.js',
    names: ['fatal method sync-flushes the destination if sync flushing is available'],
    reason:
      'lines of level error and above are written before the call returns, so nothing is left to be flushed',
  },
  {
    file: 'metadata.test.js',
    names: ['metadata works', 'child loggers works', 'without object', 'without msg'],
    reason: 'there is no stream of the user that could bear the last record as its properties',
  },
  {
    file: 'redact.test.js',
    names: [
      'redact.censor option – sets the redact value',
      'redact.censor option – can be a function that accepts value and path arguments (nested path)',
      'redact.censor preserves original object values after the log write',
      'child can customize redact',
      'child can remove parent redact by array',
    ],
    reason: 'redact goes first, then the gate: a cookie that redact leaves, or puts in place of it, is cut',
  },
  {
    file: 'serializers.test.js',
    names: ["Symbol.for('pino.serializers')", 'children inherit parent Symbol serializers'],
    reason:
      "the default serializer of err is hushlog's: pino's, without the insides of requests and their configuration",
  },
]
