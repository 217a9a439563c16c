/** Functions of common libraries that take a password, by its place among their arguments. */
const PLACES: Readonly<Record<number, string>> = {
  2:
    'NetworkCredential SqlCredential UsernamePasswordCredentials UsernamePasswordCredential PasswordAuthentication ' +
    'UsernamePasswordAuthenticationToken BasicAWSCredentials Credentials.new HTTPBasicAuth HTTPDigestAuth setBasicAuth ' +
    'SetBasicAuth basic_auth basicAuth .login .authenticate auth= pgp_sym_encrypt pgp_sym_decrypt AES_ENCRYPT AES_DECRYPT ' +
    'aes_encrypt aes_decrypt createHmac jwt.sign jwt.verify jwt.encode jwt.decode JWT.encode JWT.decode signWith',
  3:
    'DirectoryEntry getConnection mysql_connect mysqli_connect mysqli PDO __construct pg_connect ldap_bind ftp_login ' +
    'ssh2_auth_password PlainAuth pymysql.connect MySQLdb.connect mysql.connector.connect DBI->connect',
  // The last two are functions of ClickHouse that read from elsewhere.
  4: 'mysql_real_connect remote remoteSecure',
  5: 'mysql postgresql',
}

/** The same without brackets, as Ruby calls them. */
const BARE_PLACES: Readonly<Record<number, string>> = { 2: 'basic_auth ' }

export interface Call {
  /** The name and the bracket that opens the call. */
  text: string
  /** From 1. */
  place: number
}

const callsOf = (places: Readonly<Record<number, string>>, texts: (names: string) => string[]): Call[] =>
  Object.entries(places).flatMap(([place, names]) =>
    texts(names).map((text) => ({ text, place: Number(place) })),
  )

export const CALLS: readonly Call[] = [
  ...callsOf(PLACES, (names) => names.split(' ').map((name) => `${name}(`)),
  ...callsOf(BARE_PLACES, (name) => [name]),
]
