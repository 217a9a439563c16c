/**
 * Names whose values are secret. A name is split into words (`X-API-Key`, `x_api_key` and `xApiKey` are all
 * `x api key`) and matched by word, never by substring, so that `author`, `monkey` and `max_tokens` stay.
 */

export interface KeyRule {
  /** What such a name holds; stands in the marker. */
  id: string
  /** Names that are secret as a whole, words joined: `pin` but not `pin_count`. */
  names?: string
  /** Words, or words in a row joined, that make a name secret wherever they stand in it. */
  words?: string
  /** Ends of names that are written in one word: `userpassword`. Long and unambiguous ones only. */
  ends?: string
  /** True where a small number is a count or a setting and no secret: `tokens: 1500`. */
  counts?: boolean
  matches: string[]
  spares: string[]
}

export const KEY_RULES: readonly KeyRule[] = [
  {
    id: 'password',
    names: 'pass pw',
    words:
      'password passwords passwd passwort motdepasse contrasena senha passwrd psword pswd pwd passphrase passcode ' +
      'passkey userpass dbpass db+pass user+pass admin+pass root+pass mysqlpwd pgpassword my+pass smtp+pass mail+pass redis+pass mongo+pass postgres+pass ftp+pass',
    ends: 'password passwd passphrase passwort pgpassword',
    matches: [
      'password',
      'Passwd',
      'user_password',
      'DB_PASS',
      'pwd',
      'password2',
      'newPassword',
      'passphrase',
      'pass',
      'mypassword1',
    ],
    spares: [
      'passenger',
      'passive',
      'bypass',
      'pass_rate',
      'passed',
      'password_reset_at',
      'passwordChangedAt',
      'passwordLength',
      'compass',
    ],
  },
  {
    id: 'secret',
    words:
      'secret secrets clientsecret appsecret sharedsecret secretkey secretaccesskey jwtsecret totpsecret',
    ends: 'secret secretkey secretaccesskey',
    counts: true,
    matches: [
      'secret',
      'clientSecret',
      'client-secret',
      'AWS_SECRET_ACCESS_KEY',
      'webhook_secret',
      'app.secret',
    ],
    spares: ['secretary', 'secretName', 'secretArn', 'hasSecret', 'secret_version'],
  },
  {
    id: 'key',
    words:
      'api+key apikey xapikey app+key appkey access+key accesskey private+key privatekey encryption+key signing+key master+key ' +
      'ssh+key account+key accountkey shared+access+key subscription+key license+key function+key functions+key deploy+key host+key ' +
      'service+key server+key storage+key auth+key secret+key+base hmac+key client+key+data private+key+id',
    ends: 'apikey privatekey accesskey encryptionkey signingkey masterkey accountkey sharedaccesskey subscriptionkey',
    counts: true,
    matches: [
      'api_key',
      'apiKey',
      'X-API-Key',
      'APIKEY',
      'privateKey',
      'private_key',
      'ACCESS_KEY',
      'Ocp-Apim-Subscription-Key',
      'x-functions-key',
    ],
    spares: [
      'monkey',
      'keyboard',
      'primaryKey',
      'foreignKey',
      'sortKey',
      'cacheKey',
      'publicKey',
      'keyId',
      'key',
      'kid',
      'objectKey',
      'public_api_key',
    ],
  },
  {
    id: 'token',
    names: 'pat',
    words: 'token tokens accesstoken refreshtoken idtoken authtoken bearertoken sessiontoken jwt bearer',
    ends: 'accesstoken refreshtoken authtoken idtoken sessiontoken bearertoken csrftoken securitytoken apitoken',
    counts: true,
    matches: [
      'token',
      'accessToken',
      'access_token',
      'refresh-token',
      'id_token',
      'jwt',
      'x-amz-security-token',
      'X-Vault-Token',
      'bearer',
      'auth[token]',
    ],
    spares: [
      'tokenizer',
      'tokenized',
      'max_tokens',
      'token_count',
      'token_type',
      'tokenUsage',
      'next_page_token',
      'pageToken',
      'hasToken',
      'tokenExpiresAt',
    ],
  },
  {
    id: 'authorization',
    names: 'auth basicauth xauth authenticationinfo',
    words: 'authorization proxyauthorization',
    ends: 'authorization',
    counts: true,
    matches: ['authorization', 'Authorization', 'Proxy-Authorization', 'auth', 'X-Forwarded-Authorization'],
    spares: [
      'author',
      'authorId',
      'authority',
      'authorized',
      'authentic',
      'co_author',
      'authType',
      'auth_method',
    ],
  },
  {
    id: 'credentials',
    words: 'credential credentials creds keystore keypair kubeconfig dockerconfigjson pkcs12 pfx',
    ends: 'credential credentials',
    counts: true,
    matches: ['credentials', 'awsCredentials', 'creds', 'kubeconfig'],
    spares: ['credential_type', 'credentialCount'],
  },
  {
    id: 'cookie',
    words: 'cookie cookies setcookie setcookie2',
    ends: 'setcookie',
    matches: ['cookie', 'Set-Cookie', 'cookies', 'session_cookie'],
    spares: ['cookieConsent', 'cookie_domain', 'cookiePolicy'],
  },
  {
    id: 'session',
    names: 'session sid connectsid',
    words:
      'sessionid session+id sess+id phpsessid jsessionid aspnetsessionid aspxauth connect+sid session+key gitlab+session',
    ends: 'sessionid sessid',
    counts: true,
    matches: ['sessionId', 'connect.sid', 'PHPSESSID', 'session', 'sid', 'JSESSIONID'],
    spares: ['session_duration', 'sessionCount', 'obsession', 'session_status'],
  },
  {
    id: 'csrf',
    words: 'csrf xsrf codeverifier code+verifier auth+code authcode authorization+code',
    matches: ['csrf', '_csrf', 'xsrf', 'csrfToken', 'XSRF-TOKEN', 'code_verifier'],
    spares: ['csrf_enabled', 'codeVersion'],
  },
  {
    id: 'otp',
    names: 'pin',
    words:
      'otp totp mfacode mfa+code otp+code one+time+code verification+code twofactor two+factor 2fa pincode pin+code card+pin user+pin new+pin ' +
      'security+code security+answer backup+code backup+codes recovery+code recovery+codes recovery+key pin+block',
    matches: [
      'otp',
      'totp',
      'otpCode',
      'pin',
      'pinCode',
      'two_factor',
      '2fa',
      'recovery_code',
      'securityAnswer',
    ],
    spares: ['pinned', 'spinner', 'shipping', 'hotpath', 'footprint', 'opinion', 'pin_count', 'pinMessage'],
  },
  {
    id: 'signature',
    names: 'sig',
    words: 'signature xhubsignature hmac x+sig',
    ends: 'signature',
    counts: true,
    matches: ['signature', 'sig', 'X-Amz-Signature', 'X-Hub-Signature-256', 'stripe-signature'],
    spares: ['signature_algorithm', 'sigma', 'sigterm', 'config', 'signatureVersion'],
  },
  {
    id: 'connection-string',
    names: 'dsn',
    words:
      'connectionstring connection+string connstr conn+str databaseurl database+url db+url dburl mongo+uri mongo+url mongodb+uri mongodb+url ' +
      'redis+url amqp+url jdbc+url postgres+url mysql+url sentry+dsn webhook+url',
    ends: 'connectionstring databaseurl',
    matches: ['connectionString', 'DATABASE_URL', 'MONGO_URI', 'redisUrl', 'dsn', 'conn_str'],
    spares: ['connection', 'url', 'callback_url', 'database', 'connectionCount'],
  },
  {
    id: 'seed',
    names: 'seed mnemonic pepper salt',
    words: 'mnemonic seed+phrase seedphrase recovery+phrase password+salt wallet+seed private+seed',
    matches: ['mnemonic', 'seedPhrase', 'seed', 'salt'],
    spares: ['saltwater', 'basalt', 'seeded', 'seedCount'],
  },
  {
    id: 'card',
    names: 'card pan cardno',
    words:
      'cardnumber card+number card+num credit+card creditcard ccnumber cc+number ccnum cc+num primary+account+number debit+card track1 track2 track+data',
    ends: 'cardnumber',
    matches: ['cardNumber', 'card_number', 'cc_number', 'creditCard', 'card', 'pan', 'track2'],
    spares: [
      'cardinality',
      'cardboard',
      'discard',
      'wildcard',
      'dashboard_card',
      'panel',
      'cardType',
      'card_count',
    ],
  },
  {
    id: 'cvv',
    words: 'cvv cvv2 cvc cvc2 csc card+security+code',
    matches: ['cvv', 'CVC', 'cvv2', 'card_cvv'],
    spares: ['cvvStatus', 'csci'],
  },
  {
    id: 'bank-account',
    words: 'iban bank+account bankaccount account+number routing+number sort+code',
    matches: ['iban', 'bankAccount', 'account_number', 'routingNumber', 'sortCode'],
    spares: ['account', 'accountId', 'sort', 'routing'],
  },
  {
    id: 'national-id',
    names: 'sin nin nino tin',
    words:
      'ssn social+security+number socialsecuritynumber social+security national+id tax+id taxid passport passport+number ' +
      'drivers+license driver+license nhs+number medicare aadhaar cpf cnpj pesel bsn',
    matches: ['ssn', 'socialSecurityNumber', 'taxId', 'passportNumber', 'nationalId', 'cpf'],
    spares: ['lessn', 'tint', 'martin', 'passport_country', 'sinus'],
  },
]

/** A name that ends in one of these describes a secret rather than holds one: `passwordChangedAt`. */
const DESCRIBES_AT_THE_END =
  'name type count counts length len size max min limit ttl expiry expires expired expiration at date time age policy enabled required ' +
  'valid verified present exists algorithm alg endpoint path file filename field fields index usage used per rate arn ref version status ' +
  'state strength hint label placeholder consent domain duration method country id in on changed reset attempts error errors message msg ' +
  'format location header prefix scopes scope issuer audience provider source kind mode class button link page form input seconds days minutes ms'

const DESCRIBES_AT_THE_START =
  'has is should can needs num n total max min no public page prompt completion input output used remaining'
const DESCRIBES_BEFORE =
  'page+token continuation+token next+token cancellation+token public+key token+type sync+token'

export interface KeyVerdict {
  rule: KeyRule
  /** Index in the table that it came from. */
  index: number
}

export interface KeyNames {
  /** The rule for a name, or nothing when its value is no secret. */
  find(name: string): KeyVerdict | undefined
}

export interface KeyNamesOptions {
  keys?: readonly string[]
  allowKeys?: readonly string[]
}

const MAX_NAME = 128
const MAX_WORDS = 12
const LONGEST_PHRASE = 3

/** The words of a name: split at case changes and at everything that is no letter or digit, in lower case. */
export function wordsOf(name: string): string[] {
  const words: string[] = []
  let word = ''
  const end = Math.min(name.length, MAX_NAME)
  for (let i = 0; i < end; i++) {
    const code = name.charCodeAt(i)
    if (!isNameLetter(code)) {
      if (word !== '') words.push(word)
      word = ''
      continue
    }
    if (
      word !== '' &&
      isUpper(code) &&
      (!isUpper(name.charCodeAt(i - 1)) || isLower(name.charCodeAt(i + 1)))
    ) {
      words.push(word)
      word = ''
    }
    word += name[i].toLowerCase()
  }
  if (word !== '') words.push(word)
  return words.slice(0, MAX_WORDS)
}

const isUpper = (code: number) => code >= 0x41 && code <= 0x5a
const isLower = (code: number) => code >= 0x61 && code <= 0x7a
const isNameLetter = (code: number) =>
  isUpper(code) || isLower(code) || (code >= 0x30 && code <= 0x39) || code > 0xa0

/** Compiles the table, with a program's own names, into lookups. */
export function compileKeyNames(options: KeyNamesOptions = {}): KeyNames & { rules: readonly KeyRule[] } {
  const own: KeyRule = { id: 'key-name', matches: [], spares: [] }
  const rules = [...KEY_RULES, own]
  const names = new Map<string, number>()
  const words = new Map<string, number>()
  const ends = new Map<string, number>()
  rules.forEach((rule, index) => {
    for (const name of list(rule.names)) names.set(name, index)
    for (const phrase of list(rule.words)) words.set(phrase.replaceAll('+', ''), index)
    for (const end of list(rule.ends)) ends.set(end, index)
  })
  const ownNames = new Set((options.keys ?? []).map(joined))
  const allowed = new Set((options.allowKeys ?? []).map(joined))
  const endLengths = [...new Set([...ends.keys()].map((end) => end.length))].sort((a, b) => b - a)
  const verdict = (index: number | undefined) =>
    index === undefined ? undefined : { rule: rules[index], index }

  const find = (name: string): KeyVerdict | undefined => {
    const parts = wordsOf(name.normalize('NFKC'))
    if (parts.length === 0) return undefined
    const whole = parts.join('')
    if (allowed.has(whole)) return undefined
    if (ownNames.has(whole)) return verdict(rules.length - 1)
    const bare = withoutDigits(whole)
    const exact = names.get(whole) ?? words.get(whole) ?? names.get(bare) ?? words.get(bare)
    if (exact !== undefined) return verdict(exact)
    if (describes(parts)) return undefined
    return verdict(byWord(parts, words) ?? byEnd(bare, ends, endLengths))
  }
  return { find, rules }
}

function list(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(' ')
}

function joined(name: string): string {
  return wordsOf(name.normalize('NFKC')).join('')
}

const lastWords = new Set(list(DESCRIBES_AT_THE_END))
const firstWords = new Set(list(DESCRIBES_AT_THE_START))
const phrases = new Set(list(DESCRIBES_BEFORE).map((phrase) => phrase.replace('+', '')))

function describes(parts: string[]): boolean {
  const last = parts.length - 1
  if (parts.length === 1) return false
  if (lastWords.has(parts[last]) || firstWords.has(parts[0])) return true
  return phrases.has(parts[last - 1] + parts[last])
}

function byWord(parts: string[], words: Map<string, number>): number | undefined {
  // The last word says most about what a name holds, and a longer phrase more than a shorter one.
  for (let from = parts.length - 1; from >= 0; from--) {
    for (let length = Math.min(LONGEST_PHRASE, parts.length - from); length >= 1; length--) {
      const phrase = parts.slice(from, from + length).join('')
      const index = words.get(phrase) ?? words.get(withoutDigits(phrase))
      if (index !== undefined) return index
    }
  }
  return undefined
}

function byEnd(whole: string, ends: Map<string, number>, lengths: number[]): number | undefined {
  for (const length of lengths) {
    const index = whole.length > length ? ends.get(whole.slice(-length)) : undefined
    if (index !== undefined) return index
  }
  return undefined
}

function withoutDigits(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) >= 0x30 && text.charCodeAt(end - 1) <= 0x39) end--
  return text.slice(0, end)
}

const defaults = compileKeyNames()

/** The id of the rule that a name falls under, or nothing when its value is no secret. */
export function secretName(name: string): string | undefined {
  return defaults.find(name)?.rule.id
}
