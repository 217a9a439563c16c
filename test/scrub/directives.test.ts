/**
 * Secrets that a place tells rather than a name and a separator, and text that has the form of a secret and is none.
 * Each is tried as text, inside a line of JSON, and inside JSON inside a line.
 */
import t, { type Test } from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'

const scrubber = createScrubber({ env: false })
const ways: Record<string, (text: string) => string> = {
  'as text': (text) => scrubber.text(text),
  'in a message': (msg) => JSON.parse(scrubber.text(JSON.stringify({ level: 30, msg }))).msg,
  'in a body': (text) => {
    const body = JSON.stringify({ text })
    return JSON.parse(JSON.parse(scrubber.text(JSON.stringify({ body }))).body).text
  },
}

function check(t: Test, text: string, left: string): void {
  for (const [way, scrub] of Object.entries(ways)) {
    const once = scrub(text)
    t.equal(once, left, `${text}, ${way}`)
    t.equal(scrub(once), once, `${text}, ${way}, twice`)
  }
}

t.test('what protocols and configuration take by place goes', async (t) => {
  const PASSWORD = '[SECRET:password]'
  for (const [text, left] of [
    ['requirepass gubalek', `requirepass ${PASSWORD}`],
    ['masterauth gubalek', `masterauth ${PASSWORD}`],
    ['1701.3 [0 10.0.0.7:51] "AUTH" "otter729"', `1701.3 [0 10.0.0.7:51] "AUTH" "${PASSWORD}"`],
    ['1701.3 [0 10.0.0.7:51] "AUTH" "ada" "otter729"', `1701.3 [0 10.0.0.7:51] "AUTH" "ada" "${PASSWORD}"`],
    ['C: AUTH PLAIN AGFkYQBvdHRlcjcyOQ==', 'C: AUTH PLAIN [SECRET:credentials]'],
    ['a001 LOGIN ada otter729', `a001 LOGIN ada ${PASSWORD}`],
    ['> USER ada\n< 331 go on\n> PASS gubalek', `> USER ada\n< 331 go on\n> PASS ${PASSWORD}`],
    ['PRIVMSG NickServ :IDENTIFY gubalek', `PRIVMSG NickServ :IDENTIFY ${PASSWORD}`],
    ['stats auth ada:gubalek', `stats auth ada:${PASSWORD}`],
    [
      'snmp-server user ada grp v3 auth sha otter729 priv aes otter730',
      `snmp-server user ada grp v3 auth sha ${PASSWORD} priv aes ${PASSWORD}`,
    ],
    ['username ada password 7 0822455D0A16', `username ada password 7 ${PASSWORD}`],
    ['Login incorrect: [ada/gubalek] (from client x)', `Login incorrect: [ada/${PASSWORD}] (from client x)`],
    ['login attempt [root/gubalek] failed', `login attempt [root/${PASSWORD}] failed`],
    ['echo "ada:gubalek" | chpasswd', `echo "ada:${PASSWORD}" | chpasswd`],
    ['htpasswd -bc /etc/squid/passwd ada otter729', `htpasswd -bc /etc/squid/passwd ada ${PASSWORD}`],
    ['htpasswd -nb ada otter729', `htpasswd -nb ada ${PASSWORD}`],
    ['net use Z: //fs/share /user:ada otter729', `net use Z: //fs/share /user:ada ${PASSWORD}`],
    ['ldapsearch -x -D "cn=a" -w gubalek -b dc=x', `ldapsearch -x -D "cn=a" -w ${PASSWORD} -b dc=x`],
    ['twine upload -u ci -p gubalek dist/*', `twine upload -u ci -p ${PASSWORD} dist/*`],
    ['sqlcmd -S h -U sa -P gubalek -Q x', `sqlcmd -S h -U sa -P ${PASSWORD} -Q x`],
    ['openssl enc -aes-256-cbc -in a -k gubalek', `openssl enc -aes-256-cbc -in a -k ${PASSWORD}`],
    ['gh secret set API --body "otter729"', `gh secret set API --body "${PASSWORD}"`],
    ['keytool -srcstorepass gubalek -v', `keytool -srcstorepass ${PASSWORD} -v`],
    ['open ada:gubalek@tcp(db:3306)/x', 'open ada:[SECRET:connection-string]@tcp(db:3306)/x'],
    ['ALTER USER ada IDENTIFIED BY otter729 x', `ALTER USER ada IDENTIFIED BY ${PASSWORD} x`],
    ["pgp_sym_decrypt(data, 'gubalek')", `pgp_sym_decrypt(data, '${PASSWORD}')`],
    ["remote('h', db.t, 'ada', 'gubalek')", `remote('h', db.t, 'ada', '${PASSWORD}')`],
    ['Your verification code is 136370. Go on', 'Your verification code is [SECRET:otp]. Go on'],
    ['372697 is your Shop login code', '[SECRET:otp] is your Shop login code'],
    [
      'Authorization: Digest username="ada", nonce="1", response="5ca1ab1e0ddba11facade5ca1ab1e0dd"',
      'Authorization: Digest username="ada", nonce="1", response="[SECRET:authorization]"',
    ],
    ['<Cookie sid_a=otter729 for .x/>', '<Cookie sid_a=[SECRET:cookie] for .x/>'],
    [
      '#HttpOnly_.x\tTRUE\t/\tTRUE\t1790000000\tsid\totter729',
      '#HttpOnly_.x\tTRUE\t/\tTRUE\t1790000000\tsid\t[SECRET:cookie]',
    ],
    [
      'Private-Lines: 2\nAAAA\nBBBB\nPrivate-MAC: 9f',
      'Private-Lines: 2\n[SECRET:private-key]Private-MAC: 9f',
    ],
    [
      'url: https://api.telegram.org/bot5191798377:AAExample0Invented0Example0Invented/x',
      'url: https://api.telegram.org/bot[SECRET:telegram]/x',
    ],
  ])
    check(t, text, left)
})

t.test(
  'a text that ends its string takes nothing of what follows, nor of what stands before it',
  async (t) => {
    for (const line of [
      '{":identify ":0,"a":"gubalek7"}',
      '{"stats auth ":["a:gubalek7"]}',
      '{"ldapsearch -w ":false,"b":"gubalek7"}',
      '{"a":["x:y",[{" | chpasswd":null}]]}',
      '{"a:b":["@tcp("]}',
      '{"a":"<password is new","b":"> x","c":"</password>"}',
      '{"password)=(":false,"a":["{otter729}"]}',
    ])
      t.equal(scrubber.text(line), line)
  },
)

t.test('a copy of a secret that stands in an escape of another depth leaves the escape whole', async (t) => {
  const line = JSON.stringify({ a: JSON.stringify({ b: '\u001b[32m' }), password: '\u001b[32m' })
  const left = JSON.parse(scrubber.text(line))
  t.equal(left.password, '[SECRET:password]')
  t.equal(JSON.parse(left.a).b, '\u001b[32m')
})

t.test('a cookie that is base64 goes with the signs at its end', async (t) => {
  const cookie = 'SW52ZW50ZWQgYW5kIG5vdCBsaXZlIDEyMzQ1Njc4OQ=='
  t.equal(scrubber.text(JSON.stringify({ cookie })), '{"cookie":"[SECRET:cookie]"}')
  t.equal(scrubber.text('Set-Cookie: sid=; Max-Age=0'), 'Set-Cookie: sid=; Max-Age=0')
})

t.test('names in other languages tell too', async (t) => {
  for (const [text, left] of [
    ['Ihr neues Passwort lautet: Gubalek729', 'Ihr neues Passwort lautet: [SECRET:password]'],
    ['lösenord="gubalek"', 'lösenord="[SECRET:password]"'],
    ['mot de passe : gubalek', 'mot de passe : [SECRET:password]'],
    ['логин=ada пароль=gubalek', 'логин=ada пароль=[SECRET:password]'],
    ['用户名：ada 密码：gubalek', '用户名：ada 密码：[SECRET:password]'],
    ['ユーザー=ada パスワード=gubalek', 'ユーザー=ada パスワード=[SECRET:password]'],
    ['{"用户":"ada","密钥":"gubalek"}', '{"用户":"ada","密钥":"[SECRET:secret]"}'],
    ['비밀번호: gubalek', '비밀번호: [SECRET:password]'],
    ['hasło: gubalek', 'hasło: [SECRET:password]'],
    ['şifre=gubalek', 'şifre=[SECRET:password]'],
    ['api token → otter729otter729otter7', 'api token → [SECRET:token]'],
  ])
    check(t, text, left)
})

t.test('a sentence that ends with the secret loses it', async (t) => {
  for (const [text, left] of [
    [
      'A temporary password is generated for root@localhost: Gubalek729',
      'A temporary password is generated for root@localhost: [SECRET:password]',
    ],
    ['Temporary root password generated: Gubalek729', 'Temporary root password generated: [SECRET:password]'],
    [
      'Incorrect API key provided: otter729otter729Ab. Go on',
      'Incorrect API key provided: [SECRET:key]. Go on',
    ],
    [
      "could not convert DB_PASSWORD value 'otter729' to int",
      "could not convert DB_PASSWORD value '[SECRET:password]' to int",
    ],
  ])
    check(t, text, left)
})

t.test('values in the places of secret columns go', async (t) => {
  for (const [text, left] of [
    [
      "INSERT INTO users (login, password, at) VALUES ('ada', 'gubalek', '2026-01-02'), ('bob', 'kelabug', NULL)",
      "INSERT INTO users (login, password, at) VALUES ('ada', '[SECRET:password]', '2026-01-02'), ('bob', '[SECRET:password]', NULL)",
    ],
    [
      "insert into t (`api_key`,n) values (N'gubalek', f(1, 2))",
      "insert into t (`api_key`,n) values (N'[SECRET:key]', f(1, 2))",
    ],
    [
      "INSERT INTO t (n, password) VALUES (f('a,b', 2), 'it''s')",
      "INSERT INTO t (n, password) VALUES (f('a,b', 2), '[SECRET:password]''s')",
    ],
    ['INSERT INTO t (login, password) VALUES ($1, $2)', 'INSERT INTO t (login, password) VALUES ($1, $2)'],
    ["SELECT (login, password) FROM t WHERE a = ('x')", "SELECT (login, password) FROM t WHERE a = ('x')"],
  ])
    check(t, text, left)
})

t.test('an object that says what it is loses its secrets, whatever their names', async (t) => {
  for (const [text, left] of [
    [
      '{"kty":"EC","crv":"P-256","x":"ab","d":"gubalek","kid":"7"}',
      '{"kty":"EC","crv":"P-256","x":"ab","d":"[SECRET:key]","kid":"7"}',
    ],
    ['{"keys":[{"k":"gubalek","kty":"oct"}],"d":"x"}', '{"keys":[{"k":"[SECRET:key]","kty":"oct"}],"d":"x"}'],
    [
      '{"data":{"a":"gubalek"},"kind":"Secret","metadata":{"name":"x"}}',
      '{"data":{"a":"[SECRET:secret]"},"kind":"Secret","metadata":{"name":"x"}}',
    ],
    ['{"kind":"ConfigMap","data":{"a":"gubalek"}}', '{"kind":"ConfigMap","data":{"a":"gubalek"}}'],
    [
      '"recovery_codes": [\n  "otter729",\n  "otter730"\n]',
      '"recovery_codes": [\n  "[SECRET:otp]",\n  "[SECRET:otp]"\n]',
    ],
    [
      'map[Accept:[*/*] Authorization:[Bearer otter729] A:[x]]',
      'map[Accept:[*/*] Authorization:[Bearer [SECRET:authorization]] A:[x]]',
    ],
    [
      '{"ParameterKey": "MasterPassword", "ParameterValue": "gubalek"}',
      '{"ParameterKey": "MasterPassword", "ParameterValue": "[SECRET:password]"}',
    ],
  ])
    check(t, text, left)
})

t.test('source code that puts a secret together loses it', async (t) => {
  const PASSWORD = '[SECRET:password]'
  for (const [text, left] of [
    [
      "headers.append('Authorization', 'Bearer ' + 'otter729otter729A')",
      "headers.append('Authorization', 'Bearer ' + '[SECRET:bearer]')",
    ],
    ["url = '/x?access_token=' + 'otter729'", "url = '/x?access_token=' + '[SECRET:token]'"],
    ['$db_password = "" . "otter729";', `$db_password = "" . "${PASSWORD}";`],
    ["const secret = 'sk_' +\n  'otter729otter'", "const secret = '[SECRET:secret]' +\n  '[SECRET:secret]'"],
    ['master_password = (\n  "otter729"\n)', `master_password = (\n  "${PASSWORD}"\n)`],
    ['TOKEN = <<~EOS\n  otter729otter729otter\nEOS', 'TOKEN = <<~EOS\n  [SECRET:token]\nEOS'],
    ["{ ['api-key'] = [[otter729]] }", "{ ['api-key'] = [[[SECRET:key]]] }"],
    ['mapOf("password" to "gubalek")', `mapOf("password" to "${PASSWORD}")`],
    ['string password{"gubalek"};', `string password{"${PASSWORD}"};`],
    ['-define(DB_PASSWORD, "gubalek").', `-define(DB_PASSWORD, "${PASSWORD}").`],
    ['val password by lazy { "gubalek" }', `val password by lazy { "${PASSWORD}" }`],
    ["77 WS-DB-PASSWORD PIC X(24) VALUE 'gubalek'.", `77 WS-DB-PASSWORD PIC X(24) VALUE '${PASSWORD}'.`],
    ['static API_KEY: &\'static [u8] = b"otter729";', 'static API_KEY: &\'static [u8] = b"[SECRET:key]";'],
    [
      '.header("x-api-key", HeaderValue::from_static("otter729"))',
      '.header("x-api-key", HeaderValue::from_static("[SECRET:key]"))',
    ],
    [
      'add_argument("--db-secret", default="otter729", help="x")',
      'add_argument("--db-secret", default="[SECRET:secret]", help="x")',
    ],
    ["jwt.sign({ a: 1, b: 2 }, 'otter729otter729')", `jwt.sign({ a: 1, b: 2 }, '${PASSWORD}')`],
    ["conn.basic_auth 'ada', 'gubalek'", `conn.basic_auth 'ada', '${PASSWORD}'`],
    ['c.basic_auth("ada", Some("gubalek"))', `c.basic_auth("ada", Some("${PASSWORD}"))`],
    [
      'echo "gubalek" | docker login r -u ada --password-stdin',
      `echo "${PASSWORD}" | docker login r -u ada --password-stdin`,
    ],
    ['db.example:5432:shop:ada:gubalek', `db.example:5432:shop:ada:${PASSWORD}`],
    ['http -a ada:gubalek GET /x', `http -a ada:${PASSWORD} GET /x`],
    ["COOKIES = {'csrftoken': 'otter729'}", "COOKIES = {'csrftoken': '[SECRET:token]'}"],
    ['tenant_oracle_sys_pass = "gubalek"', `tenant_oracle_sys_pass = "${PASSWORD}"`],
  ])
    check(t, text, left)
})

t.test('what has the form of a name and its value, and is none, stays', async (t) => {
  for (const text of [
    'at TokenService.verify (/app/src/token.service.ts:88:13)',
    'at com.acme.PasswordEncoder.encode(PasswordEncoder.java:41)',
    'Mar 21 04:15:16 api-key-service[212]: handled 3 requests',
    'assert password == confirm',
    'ALTER USER app WITH PASSWORD :pw',
    'password: str = Field(min_length=8)',
    'let token: string | undefined',
    'SecretId=arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db',
    'ssl_key=/etc/ssl/private/server.key',
    'relay=x, dsn=2.0.0, status=sent',
    'pass: 12, fail: 3',
    'credentials: same-origin',
    'scope=token:read',
    '~ password = (sensitive value)',
    'client_secret: !vault |',
    'imagePullSecrets: [{name: regcred}]',
    'const secret = await client.getSecretValue({ SecretId: id })',
    'apiKey: "YOUR_API_KEY_HERE"',
    'existingSecret: redis-auth',
    'PASS src/scrub.test.js',
    '--- PASS: TestParsePassword (0.06s)',
    'self.db_password = db_password',
    'Usage: jasper login --token TOKEN [--user USER]',
    'token_type=bearer expires_in=3600',
    'curl -u username:password https://shop.example',
    'postgres://user:password@localhost:5432/orders',
    'aws_access_key_id=AKIAIOSFODNN7EXAMPLE',
    'password: op://shop/db/password',
    'export DB_PASSWORD=$(aws secretsmanager get-secret-value --secret-id shop/db --query SecretString --output text)',
    'api_key = "sk-...abcd"',
    'Authorization: Bearer YOUR_ACCESS_TOKEN',
    'const key = Configuration["Shop:ApiKey"];',
    'user ada LOGIN attempt failed',
    'the exit code is 1, the status code is 404 not found',
    '2026 is your year of luck',
  ])
    check(t, text, text)
})
