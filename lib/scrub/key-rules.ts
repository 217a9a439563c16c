/**
 * Names whose values are secret. A name is split into words (`X-API-Key`, `x_api_key` and `xApiKey` are all
 * `x api key`) and matched by word, never by substring, so that `author`, `monkey` and `max_tokens` stay.
 */
import { PROVIDER_NAMES, PROVIDERS } from './providers.ts'

export interface KeyRule {
  /** What such a name holds; stands in the marker. */
  id: string
  /** Names that are secret as a whole, words joined: `pin` but not `pin_count`. */
  names?: string
  /** Words, or words in a row joined, that make a name secret wherever they stand in it. */
  words?: string
  /** Words that tell at the end of a name, unless the word before says otherwise: `hubspot_key` but not `cache_key`. */
  lastWords?: string
  /** Ends of names that are written in one word: `userpassword`. Long and unambiguous ones only. */
  ends?: string
  /** True where a small number is a count or a setting and no secret: `tokens: 1500`. */
  counts?: boolean
  /** True where the name alone does not tell: only a value that reads as a key or token goes. */
  weak?: boolean
  /** True for names whose value may name a secret that stands beside it: `{"name":"Authorization","value":…}`. */
  pair?: boolean
  matches: string[]
  spares: string[]
}

/** Words before `pass` that make it a password: not `boarding pass` or `render pass`. */
const PASS_OF =
  'database oracle sys become mssql maria mariadb maildb tenant app web portal gateway broker jwt bot backup cluster node cache ' +
  'registry repo deploy build ci git svn jenkins nexus vault master host remote local internal external primary secondary replica ' +
  'db user admin root my smtp mail email redis mongo mongodb postgres mysql pg psql sql ftp sftp auth ssh sudo login api key store ' +
  'cert ldap imap pop rabbit rabbitmq amqp proxy basic http wifi vpn vnc rdp bind sa default client server service account old new ' +
  'temp tmp keystore truststore'

export const KEY_RULES: readonly KeyRule[] = [
  {
    id: 'password',
    names:
      'pass pw psk pword passw psw mdp clave kennwort wachtwoord parola haslo heslo lozinka contraseña salasana ' +
      'requirepass masterauth storepass keypass srcstorepass deststorepass srckeypass destkeypass passe bindpw rootpw ' +
      'lösenord adgangskode hasło şifre sifre jelszó пароль гасло парола κωδικός 密码 密碼 口令 パスワード 暗証番号 ' +
      '비밀번호 암호 סיסמה המרור المرور khẩu รหัสผ่าน sandi',
    words:
      'password passwords passwd passwort motdepasse contrasena senha passwrd psword pswd pwd passphrase passcode ' +
      'passkey userpass dbpass pgpass mysqlpwd pgpassword pre+shared+key presharedkey ' +
      PASS_OF.split(' ')
        .flatMap((word) => [`${word}+pass`, `${word}+pw`])
        .join(' '),
    ends: 'password passwd passphrase passwort pgpassword lösenord пароль 密码 密碼 口令 パスワード 비밀번호',
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
    names: 'секрет 密钥 密鑰 秘钥 秘密鍵',
    words:
      'secret secrets clientsecret appsecret sharedsecret secretkey secretaccesskey jwtsecret totpsecret',
    ends: 'secret secretkey secretaccesskey 密钥 密鑰',
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
    names: 'unseal',
    words:
      'api+key apikey xapikey app+key appkey access+key accesskey private+key privatekey encryption+key signing+key master+key ' +
      'ssh+key account+key accountkey shared+access+key subscription+key license+key function+key functions+key deploy+key host+key ' +
      'service+key server+key storage+key auth+key secret+key+base hmac+key client+key+data private+key+id stream+key unseal+key ' +
      'consumer+key shared+key crypto+key cipher+key aes+key enc+key write+key ingestion+key instrumentation+key integration+key ' +
      'merchant+key root+key admin+key webhook+key tls+key ssl+key key+material application+key cosmos+key ' +
      'cosmos+primary+key cosmos+secondary+key primary+master+key secondary+master+key',
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
    id: 'key',
    names: 'keystore keypair kubeconfig',
    lastWords: 'key keys pat auth license licence',
    counts: true,
    weak: true,
    matches: ['HEROKU_KEY', 'hubspotKey', 'datadog_key', 'ado_pat', 'user_auth', 'license'],
    spares: ['primary_key', 'cacheKey', 'publicKey', 'idempotencyKey', 'sort_key', 'i18nKey'],
  },
  {
    id: 'token',
    names: 'pat токен 令牌 トークン 토큰',
    words:
      'token tokens accesstoken refreshtoken idtoken authtoken bearertoken sessiontoken jwt bearer samlresponse saml+response ' +
      'saml+assertion',
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
    id: 'token',
    names: `${PROVIDERS} ${PROVIDER_NAMES.replaceAll('+', '')}`,
    counts: true,
    weak: true,
    matches: ['datadog', 'SONAR_LOGIN', 'sonar.login', 'Cloudflare', 'telegram_bot'],
    spares: [
      'datadog_trace_id',
      'heroku_slug_commit',
      'github',
      'sentry',
      'cloudflare_ray',
      'stripe_version',
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
    words: 'credential credentials creds dockerconfigjson dockercfg pkcs12 pfx contribsys+com',
    ends: 'credential credentials',
    counts: true,
    matches: ['credentials', 'awsCredentials', 'creds'],
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
    words:
      'csrf xsrf csrfmiddlewaretoken requestverificationtoken authenticitytoken crumb codeverifier code+verifier auth+code authcode authorization+code',
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
    words: 'mnemonic pepper seed+phrase seedphrase recovery+phrase password+salt wallet+seed private+seed',
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

/** Names of names; they hide nothing themselves. */
const PAIR: KeyRule = {
  id: 'named',
  names: 'name key header field headername fieldname parameterkey parametername',
  pair: true,
  matches: [],
  spares: [],
}

/** Words before `key` that make it the key of something and no secret. */
const HARMLESS_BEFORE =
  'primary foreign sort partition object cache i18n public row map menu route translation index unique composite natural surrogate ' +
  'idempotency dedup group hash range lookup search message error config json yaml dict registry storage local redis s3 bucket file ' +
  'folder state query react list item entity record document shard routing event topic metric tag label theme style css color hot short ' +
  'arrow enter escape shift control tab space up down left right any press answer piano low high turn co no dis un or is'

/** A name that ends in one of these describes a secret rather than holds one: `passwordChangedAt`. */
const DESCRIBES_AT_THE_END =
  'name type count counts length len size max min limit ttl expiry expires expired expiration at date time age policy enabled required ' +
  'valid verified present exists algorithm alg endpoint path file filename field fields index usage used per rate arn ref version status ' +
  'state strength hint label placeholder consent domain duration method country id in on changed reset attempts error errors message msg ' +
  'format location header url uri variable env prefix scopes scope issuer audience provider source kind mode class button link page form input seconds days minutes ms ' +
  'rotator rotation manager controller handler encoder resolver validator generator operator daemon helper plugin middleware ' +
  'factory repository interceptor filter guard'

const DESCRIBES_AT_THE_START =
  'has is should can needs existing num n total max min no public page prompt completion input output used remaining'
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

/**
 * The words of a name: split at case changes and at everything that is no letter or digit, in lower case. Of a long
 * name the first and the last ones: those tell what it holds.
 */
export function wordsOf(name: string): string[] {
  const words: string[] = []
  let word = ''
  for (let i = Math.max(0, name.length - MAX_NAME); i < name.length; i++) {
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
  return words.length > MAX_WORDS ? [words[0], ...words.slice(1 - MAX_WORDS)] : words
}

const isUpper = (code: number) => code >= 0x41 && code <= 0x5a
const isLower = (code: number) => code >= 0x61 && code <= 0x7a
const isNameLetter = (code: number) =>
  isUpper(code) || isLower(code) || (code >= 0x30 && code <= 0x39) || (code >= 0xc0 && !isForeignMark(code))

/** Beyond Latin-1, blocks of marks and of what is no character: punctuation to arrows, CJK marks, halves of pairs. */
const FOREIGN_MARKS = [
  [0x2000, 0x2bff],
  [0x3000, 0x303f],
  [0xd800, 0xf8ff],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xfff0, 0xffff],
]

function isForeignMark(code: number): boolean {
  if (code < 0x2000) return code === 0xd7 || code === 0xf7
  return FOREIGN_MARKS.some(([from, to]) => code >= from && code <= to)
}

/** Compiles the table, with a program's own names, into lookups. */
export function compileKeyNames(options: KeyNamesOptions = {}): KeyNames & { rules: readonly KeyRule[] } {
  const own: KeyRule = { id: 'key-name', matches: [], spares: [] }
  const rules = [...KEY_RULES, PAIR, own]
  const names = new Map<string, number>()
  const words = new Map<string, number>()
  const ends = new Map<string, number>()
  const lastOnes = new Map<string, number>()
  rules.forEach((rule, index) => {
    for (const name of list(rule.names)) names.set(name, index)
    for (const phrase of list(rule.words)) words.set(phrase.replaceAll('+', ''), index)
    for (const end of list(rule.ends)) ends.set(end, index)
    for (const word of list(rule.lastWords)) lastOnes.set(word, index)
  })
  const ownNames = new Set((options.keys ?? []).map(joined))
  const allowed = new Set((options.allowKeys ?? []).map(joined))
  const endLengths = [...new Set([...ends.keys()].map((end) => end.length))].sort((a, b) => b - a)
  const verdict = (index: number | undefined) =>
    index === undefined ? undefined : { rule: rules[index], index }

  const find = (name: string): KeyVerdict | undefined => {
    const parts = wordsOf(withoutFlag(name.normalize('NFKC')))
    if (parts.length === 0) return undefined
    const whole = parts.join('')
    if (allowed.has(whole)) return undefined
    if (ownNames.has(whole)) return verdict(rules.length - 1)
    const bare = withoutDigits(whole)
    const exact = names.get(whole) ?? words.get(whole) ?? names.get(bare) ?? words.get(bare)
    if (exact !== undefined) return verdict(exact)
    if (describes(parts)) return undefined
    return verdict(
      byWord(parts, words) ??
        byEnd(bare, ends, endLengths) ??
        capitalPass(name, parts, words) ??
        byLast(parts, lastOnes),
    )
  }
  return { find, rules }
}

function list(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(' ')
}

/** `-Dsonar.login`: the `D` belongs to Java's way of setting a property. */
function withoutFlag(name: string): string {
  return name.startsWith('-D') ? name.slice(2) : name
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
    const index = whole.length >= length ? ends.get(whole.slice(-length)) : undefined
    if (index !== undefined) return index
  }
  return undefined
}

/** `SMTP_PASS` and the like: variables are written in capitals, and tickets are not. */
function capitalPass(name: string, parts: string[], words: Map<string, number>): number | undefined {
  const last = parts[parts.length - 1]
  const isVariable = name === name.toUpperCase() && parts.length > 1
  return isVariable && (last === 'pass' || last === 'pw') ? words.get('password') : undefined
}

function byLast(parts: string[], lastOnes: Map<string, number>): number | undefined {
  const last = parts.length - 1
  if (last > 0 && harmlessBefore.has(parts[last - 1])) return undefined
  if (last === 0 && !ALONE.has(parts[0])) return undefined
  return lastOnes.get(parts[last])
}
const harmlessBefore = new Set(list(HARMLESS_BEFORE))
/** Words that tell without one before them; a lone `key` names anything. */
const ALONE = new Set(['license', 'licence'])

function withoutDigits(text: string): string {
  let end = text.length
  while (end > 0 && text.charCodeAt(end - 1) >= 0x30 && text.charCodeAt(end - 1) <= 0x39) end--
  return text.slice(0, end)
}

const defaults = compileKeyNames()

/** The id of the rule that a name falls under, or nothing when the name alone makes no secret of its value. */
export function secretName(name: string): string | undefined {
  const rule = defaults.find(name)?.rule
  return rule === undefined || rule.pair === true || rule.weak === true ? undefined : rule.id
}
