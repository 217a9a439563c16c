/**
 * Passwords that protocols, configuration files and commands take by their place: `requirepass …`, `a1 LOGIN ada …`,
 * `htpasswd -b file ada …`. One row for each text that tells the place.
 */

/** Where the secret stands, seen from the text. */
export type Place =
  /** The next word, or the one after it. */
  | 'word'
  | 'second'
  | 'third'
  /** What follows the first colon, slash or equals sign of the next word. */
  | 'after-colon'
  | 'after-slash'
  | 'after-equals'
  /** Between the first slash and the last at sign of the next word. */
  | 'slash-to-at'
  /** The last of the strings that follow. */
  | 'string'
  /** What follows the first colon of the word before, or all of a word that is printed. */
  | 'before'
  | 'echoed'
  /** The third of fields that colons part. */
  | 'third-field'
  /** 4 to 8 digits behind or before. */
  | 'digits'
  | 'digits-before'
  /** The last field of a line of a cookie file, parted by tabs. */
  | 'cookie-field'
  /** To the line that begins so. */
  | 'to-mac'

export interface Directive {
  texts: readonly string[]
  place: Place
  /** The id of the key rule that the marker names. */
  id: string
  /** True where any word goes; else only one that reads as a secret. */
  sure?: true
  /** Text in lower case that must stand not far before. */
  after?: string
}

export const DIRECTIVES: readonly Directive[] = [
  // Redis, its configuration and its MONITOR.
  { texts: ['bindpw ', 'rootpw '], place: 'word', id: 'password', sure: true },
  { texts: ['requirepass ', 'masterauth '], place: 'word', id: 'password', sure: true },
  { texts: ['AUTH" ', 'AUTH\\" ', 'AUTH\\\\\\" '], place: 'string', id: 'password' },
  { texts: ['> AUTH ', ' AUTH default '], place: 'word', id: 'password' },
  // SMTP (RFC 4954), IMAP (RFC 3501), FTP (RFC 959) and POP3 (RFC 1939), IRC services.
  { texts: ['AUTH PLAIN ', 'AUTH LOGIN '], place: 'word', id: 'credentials' },
  { texts: [' LOGIN '], place: 'second', id: 'password' },
  { texts: ['PASS '], place: 'word', id: 'password', sure: true, after: 'user ' },
  { texts: ['> PASS '], place: 'word', id: 'password', sure: true },
  { texts: [':IDENTIFY ', ':identify '], place: 'word', id: 'password', sure: true },
  // HAProxy; SNMP of network devices.
  { texts: ['stats auth '], place: 'after-colon', id: 'password', sure: true },
  {
    texts: [' auth sha ', ' auth md5 ', ' priv aes ', ' priv aes 128 ', ' priv aes 256 ', ' priv des '],
    place: 'word',
    id: 'password',
  },
  // FreeRADIUS and honeypots write what was tried.
  { texts: ['(tried: '], place: 'word', id: 'password', sure: true, after: 'password' },
  { texts: ['mismatch, given: '], place: 'word', id: 'password', sure: true, after: 'password' },
  { texts: ['snmp-server community '], place: 'word', id: 'password', sure: true },
  { texts: ['ogin incorrect: [', 'login attempt ['], place: 'after-slash', id: 'password', sure: true },
  // Digest authentication (RFC 7616).
  { texts: [' response='], place: 'string', id: 'authorization', after: 'digest ' },
  // A line of PostgreSQL's password file; links that reset a password.
  { texts: [':5432:'], place: 'third-field', id: 'password', sure: true },
  { texts: ['password_reset/confirm/'], place: 'after-slash', id: 'token' },
  { texts: ['jdbc:oracle:thin:'], place: 'slash-to-at', id: 'connection-string', sure: true },
  // Commands.
  {
    texts: [' | docker login', ' | podman login', ' | sudo -S', ' | helm registry login'],
    place: 'echoed',
    id: 'password',
    sure: true,
  },
  { texts: [' /rp ', ' /RP '], place: 'word', id: 'password', after: 'schtasks' },
  { texts: [' | chpasswd'], place: 'before', id: 'password', sure: true },
  {
    texts: ['htpasswd -b ', 'htpasswd -bc ', 'htpasswd -cb ', 'htpasswd -bB '],
    place: 'third',
    id: 'password',
  },
  {
    texts: ['htpasswd -nb ', 'htpasswd -bn ', 'htpasswd -nbB ', 'htpasswd -bnB '],
    place: 'second',
    id: 'password',
  },
  { texts: [' /user:', ' /USER:'], place: 'second', id: 'password', after: 'net use ' },
  // Data source names of Go's MySQL driver.
  { texts: ['@tcp(', '@unix('], place: 'before', id: 'connection-string', sure: true },
  // Codes that are sent to people.
  { texts: [' code is ', ' code is: '], place: 'digits', id: 'otp' },
  { texts: [' is your '], place: 'digits-before', id: 'otp' },
  // Cookie files of curl and browsers, cookies as Python prints them.
  { texts: ['<Cookie '], place: 'after-equals', id: 'cookie' },
  { texts: ['#HttpOnly_'], place: 'cookie-field', id: 'cookie' },
  // PuTTY's keys.
  { texts: ['Private-Lines: '], place: 'to-mac', id: 'private-key', sure: true },
]
