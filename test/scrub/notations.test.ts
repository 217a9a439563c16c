/**
 * A name, its value, and everything that languages and formats put between them. Each notation is tried with names
 * and values of several kinds, as text and inside a line of JSON.
 */
import t from 'tap'
import { createScrubber } from '../../lib/scrub/scrubber.ts'

type Notation = (name: string, value: string) => string

const scrubber = createScrubber({ env: false })

const NAMES = ['password', 'DB_PASSWORD', 'apiKey', 'api_key', 'client_secret', 'auth_token', 'X-Api-Key']
/** Invented; one for each kind of value that a key has. */
const RANDOM = {
  hex: '5ca1ab1e0ddba11facade5ca1ab1e0dd',
  uuid: '5ca1ab1e-0ddb-411f-acad-e5ca1ab1e0dd',
  mixed: 'InventedOnly0NotLive1ButLong2Enough3Here',
  base64: 'SW52ZW50ZWQgYW5kIG5vdCBsaXZlIDEyMzQ1Njc4OQ==',
}
const CHOSEN = { digits: 'otter729!', word: 'gubalek' }

/** What goes whatever it is. */
const PLAIN: Record<string, Notation> = {
  JSON: (n, v) => `{"a":1,"${n}":"${v}","b":2}`,
  'JSON in a string': (n, v) => `body={\\"${n}\\":\\"${v}\\",\\"b\\":2}`,
  'JSON over lines': (n, v) => `{\n  "${n}" : "${v}"\n}`,
  YAML: (n, v) => `a: 1\n${n}: ${v}\nb: 2`,
  'YAML, quoted': (n, v) => `- ${n}: '${v}'`,
  'a block of YAML': (n, v) => `${n}: |\n    ${v}\nother: x`,
  'a folded block of YAML': (n, v) => `a:\n  ${n}: >-\n    ${v}\n  b: 2`,
  'a pair in YAML': (n, v) => `- name: ${n}\n  value: "${v}"`,
  'an environment': (n, v) => `export ${n}="${v}"`,
  'an assignment before a command': (n, v) => `${n}=${v} node app.js`,
  'a container’s variable': (n, v) => `docker run -e ${n}=${v} img`,
  logfmt: (n, v) => `level=info ${n}="${v}" user=ada`,
  'a query': (n, v) => `GET /x?a=1&${n}=${v}&b=2 HTTP/1.1`,
  'a header': (n, v) => `Host: x\r\n${n}: ${v}\r\nAccept: */*`,
  'a dict of Python': (n, v) => `{'a': 1, '${n}': '${v}'}`,
  'an argument of Python': (n, v) => `connect(host='x', ${n}='${v}')`,
  'bytes of Python': (n, v) => `${n} = b"${v}"`,
  'a subscript': (n, v) => `config["${n}"] = "${v}"`,
  'subscripts of PHP': (n, v) => `$config['db']['${n}'] = '${v}';`,
  'an array of PHP': (n, v) => `'${n}' => '${v}',`,
  print_r: (n, v) => `Array\n(\n    [${n}] => ${v}\n)`,
  Ruby: (n, v) => `:${n} => "${v}"`,
  'an object of Ruby': (n, v) => `#<Foo @${n}="${v}">`,
  'a default of Ruby': (n, v) => `@${n} ||= '${v}'`,
  JavaScript: (n, v) => `const ${n} = \`${v}\`;`,
  'a field of TypeScript': (n, v) => `private readonly ${n}: string = "${v}";`,
  'a comparison': (n, v) => `if (x.${n} === '${v}')`,
  'a comparison that must fail': (n, v) => `if creds.${n} != "${v}" {`,
  Java: (n, v) => `public static final String ${n} = "${v}";`,
  'a property of Java': (n, v) => `java -D${n}=${v} -jar x`,
  'an object of Java': (n, v) => `User{name='ada', ${n}='${v}'}`,
  C: (n, v) => `const char *${n} = "${v}";`,
  'an array of C': (n, v) => `char ${n}[] = "${v}";`,
  'wide C++': (n, v) => `auto ${n} = L"${v}";`,
  Go: (n, v) => `${n} := "${v}"`,
  'a declaration of Go': (n, v) => `var ${n} string = "${v}"`,
  'a struct of Go': (n, v) => `{Name:ada ${n}:${v} ID:1}`,
  'a map of Go': (n, v) => `map[a:1 ${n}:${v}]`,
  Rust: (n, v) => `const ${n}: &str = "${v}";`,
  Swift: (n, v) => `let ${n}: String = "${v}"`,
  'Objective-C': (n, v) => `NSString *${n} = @"${v}";`,
  'C#': (n, v) => `${n} = @"${v}",`,
  'an element': (n, v) => `<a><${n}>${v}</${n}></a>`,
  'an element with attributes': (n, v) => `<ns:${n} Type="t">${v}</ns:${n}>`,
  CDATA: (n, v) => `<${n}><![CDATA[${v}]]></${n}>`,
  'an attribute': (n, v) => `<conn ${n}="${v}" user="x"/>`,
  'a pair of attributes': (n, v) => `<add key="${n}" value="${v}" />`,
  'a named element': (n, v) => `<string name="${n}">${v}</string>`,
  'a property list': (n, v) => `<key>${n}</key>\n<string>${v}</string>`,
  'an entry': (n, v) => `<entry><key>${n}</key><value>${v}</value></entry>`,
  'XML-RPC': (n, v) => `<name>${n}</name><value><string>${v}</string></value>`,
  'a form': (n, v) => `<input type="hidden" name="${n}" value="${v}">`,
  INI: (n, v) => `[db]\n${n} = ${v}\n`,
  'TOML over lines': (n, v) => `${n} = """${v}"""`,
  'a plan': (n, v) => `  + ${n} = "${v}"`,
  'a difference': (n, v) => `+${n}=${v}`,
  'a flag with an equals sign': (n, v) => `cmd --${n}=${v}`,
  'a flag of Windows': (n, v) => `cmd /${n}:${v}`,
  PowerShell: (n, v) => `$env:${n} = "${v}"`,
  'a chart': (n, v) => `helm install --set app.${n}=${v},b=2`,
  'a connection string': (n, v) => `Server=x;User=y;${n}=${v};Database=d`,
  Markdown: (n, v) => `- **${n}:** ${v}`,
  'Markdown with the colon outside': (n, v) => `**${n}**: ${v}`,
  'code in Markdown': (n, v) => `\`${n}\`: \`${v}\``,
  'util.inspect': (n, v) => `{ a: 1, '${n}': '${v}' }`,
  'a Map of util.inspect': (n, v) => `Map(1) { '${n}' => '${v}' }`,
  'a part of a form': (n, v) => `Content-Disposition: form-data; name="${n}"\r\n\r\n${v}\r\n--xx`,
  'a percent-encoded query': (n, v) => `a%3Db%26${n}%3D${v}%26c%3Dd`,
  'percent-encoded JSON': (n, v) => `%7B%22${n}%22%3A%22${v}%22%7D`,
  'a pair': (n, v) => `{"name":"${n}","value":"${v}"}`,
  'a pair in capitals': (n, v) => `{"Name": "${n}", "Value": "${v}"}`,
  'a pair with a member between': (n, v) => `{"key":"${n}","type":"text","value":"${v}"}`,
  'a pair the other way round': (n, v) => `{"value":"${v}","name":"${n}"}`,
  'a list of variables': (n, v) => `"Env":["A=b","${n}=${v}"]`,
  'a header for curl': (n, v) => `curl -H "${n}: ${v}" https://x`,
  SQL: (n, v) => `UPDATE u SET ${n} = '${v}' WHERE id=1`,
  'a makefile': (n, v) => `${n} ?= ${v}`,
  'a comment': (n, v) => `# ${n}: ${v}`,
  'text in a column': (n, v) => `a=1|${n}=${v}|b=2`,
  'a file of the registry': (n, v) => `"${n}"="${v}"`,
  'a command of a pipeline': (n, v) => `echo "${n}=${v}" >> $OUT`,
}

/** Where a word may stand instead: all but a chosen word goes. */
const CALLS: Record<string, Notation> = {
  'a pair of arguments': (n, v) => `System.setProperty("${n}", "${v}");`,
  'a default from the environment': (n, v) => `os.environ.get("${n}", "${v}")`,
  'a list of headers': (n, v) => `["Host","h","${n}","${v}","Accept","x"]`,
  'a default': (n, v) => `const ${n} = process.env.X || '${v}'`,
  'a setter': (n, v) => `config.set_${n}("${v}");`,
  'a builder': (n, v) => `with_${n}("${v}")`,
  'an option of Rust': (n, v) => `Config { ${n}: Some("${v}") }`,
  var_dump: (n, v) => `["${n}"]=>\n  string(9) "${v}"`,
  'strings that are joined': (n, v) => `"${n}=" + "${v}"`,
  'a variable of Terraform': (n, v) => `variable "${n}" {\n  default = "${v}"\n}`,
  'a tuple of Erlang': (n, v) => `{${n}, <<"${v}">>}`,
  'an assignment of R': (n, v) => `${n} <- "${v}"`,
  'an arrow': (n, v) => `${n} -> "${v}"`,
  'a definition': (n, v) => `#define ${n} "${v}"`,
  'Visual Basic': (n, v) => `Dim ${n} As String = "${v}"`,
  'a property of C#': (n, v) => `public string ${n} { get; set; } = "${v}";`,
  'a cons of Lisp': (n, v) => `(${n} . "${v}")`,
  'a sentence with quotes': (n, v) => `the ${n} is "${v}"`,
}

/** Where a word would go on with the sentence: only what is random goes. */
const LOOSE: Record<string, Notation> = {
  'a sentence': (n, v) => `${n} is ${v}`,
  'a sentence about somebody': (n, v) => `The ${n} for user 'ada' is ${v}`,
  'the next line': (n, v) => `${n}:\n${v}`,
  'a sentence and the next line': (n, v) => `use the following ${n} to proceed:\n\n${v}\n\nbye`,
  columns: (n, v) => `${n}      ${v}\nother   x`,
  'a tab': (n, v) => `${n}\t${v}`,
  'a table': (n, v) => `| ${n} | ${v} |`,
  parentheses: (n, v) => `${n} (${v})`,
  'a line of a Dockerfile': (n, v) => `ENV ${n} ${v}`,
  'an arrow': (n, v) => `${n} -> ${v}`,
  'angle brackets': (n, v) => `${n}: <${v}>`,
}

const survivors = (notation: Notation, names: readonly string[], values: Record<string, string>) => {
  const left: string[] = []
  for (const name of names) {
    for (const [kind, value] of Object.entries(values)) {
      const text = notation(name, value)
      const line = JSON.stringify({ level: 30, msg: text })
      const once = scrubber.text(text)
      const message = JSON.parse(scrubber.text(line)).msg
      if (once.includes(value)) left.push(`${name}, ${kind}: ${once}`)
      if (message.includes(value)) left.push(`${name}, ${kind}, in JSON: ${message}`)
      if (scrubber.text(once) !== once) left.push(`${name}, ${kind}, twice: ${scrubber.text(once)}`)
    }
  }
  return left
}

for (const [title, notation] of Object.entries(PLAIN))
  t.test(`${title}: a value goes, whatever it is`, async (t) =>
    t.strictSame(survivors(notation, NAMES, { ...RANDOM, ...CHOSEN }), []),
  )

for (const [title, notation] of Object.entries(CALLS))
  t.test(`${title}: a key goes, and a password that is a word`, async (t) => {
    t.strictSame(survivors(notation, NAMES, RANDOM), [])
    t.strictSame(survivors(notation, ['password'], { digits: CHOSEN.digits }), [])
  })

for (const [title, notation] of Object.entries(LOOSE))
  t.test(`${title}: a key goes`, async (t) => t.strictSame(survivors(notation, NAMES, RANDOM), []))

t.test('a name of two words is a name', async (t) => {
  const names = ['api key', 'API key', 'Secret Key', 'client secret key']
  for (const notation of [LOOSE['a sentence'], LOOSE.parentheses, CALLS['a sentence with quotes']])
    t.strictSame(survivors(notation, names, RANDOM), [])
  t.equal(scrubber.text('the secret keyring is here'), 'the secret keyring is here')
})

t.test('a call that takes a password at a known place loses it', async (t) => {
  for (const [call, left] of [
    ['new NetworkCredential("ada", "gubalek")', 'new NetworkCredential("ada", "[SECRET:password]")'],
    ["mysqli_connect($host, f('x', 1), 'gubalek')", "mysqli_connect($host, f('x', 1), '[SECRET:password]')"],
    [
      'requests.get(u, auth=HTTPBasicAuth("ada", b"gubalek"))',
      'requests.get(u, auth=HTTPBasicAuth("ada", b"[SECRET:password]"))',
    ],
    ['new NetworkCredential("ada", secret)', 'new NetworkCredential("ada", secret)'],
    ['new NetworkCredential("ada")', 'new NetworkCredential("ada")'],
    ['smtp.login(user, getPassword("smtp"))', 'smtp.login(user, getPassword("smtp"))'],
  ]) {
    t.equal(scrubber.text(call), left)
    t.equal(JSON.parse(scrubber.text(JSON.stringify({ msg: call }))).msg, left)
  }
})

t.test('a password that looks a little like a template goes', async (t) => {
  for (const password of ['++++R_+er__E', '$(hunter2)', '$(           )', '<--    -- >', '{  }'])
    t.equal(scrubber.text(JSON.stringify({ password })), '{"password":"[SECRET:password]"}', password)
})

t.test('what only speaks of secrets stays', async (t) => {
  for (const text of [
    'secret "db-creds" not found in namespace "default"',
    'the token is invalid',
    'password is required',
    'password reset for ada',
    'The secret for service/api is missing',
    'Unexpected token < in JSON at position 0',
    'Unexpected token \'o\', "not json" is not valid JSON',
    'token (optional)',
    'password must be at least 12 characters',
    'wrong password for user ada on host db-1',
    't("password", "Password")',
    'apiKey = config.get("services.stripe.key")',
    'token: process.env.TOKEN || ""',
    'PASSWORD=$(cat /run/secrets/db)',
    'const secret = getSecret("db-password")',
    'Authorization: Bearer $(print-access-token)',
    'api_key = <your api key>',
    'password: {Password}',
    '["password","token","secret"]',
    '<password></password>',
    'datadog: connected to 10.0.0.7',
    'heroku: v123 released',
    'stripe -> webhook',
    'kind: SecretStore\ndata:\n  a: plain',
    'public key -> 5ca1ab1e0ddba11facade5ca1ab1e0dd',
  ]) {
    t.equal(scrubber.text(text), text)
    t.equal(JSON.parse(scrubber.text(JSON.stringify({ msg: text }))).msg, text, `${text}, in JSON`)
  }
})
