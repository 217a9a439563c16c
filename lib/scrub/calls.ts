/** Functions of common libraries that take a password, by its place among their arguments. */
const PLACES: Readonly<Record<number, string>> = {
  2:
    'NetworkCredential SqlCredential UsernamePasswordCredentials UsernamePasswordCredential PasswordAuthentication ' +
    'BasicAWSCredentials HTTPBasicAuth HTTPDigestAuth setBasicAuth SetBasicAuth basic_auth basicAuth .login .authenticate ' +
    'pgp_sym_encrypt pgp_sym_decrypt AES_ENCRYPT AES_DECRYPT aes_encrypt aes_decrypt',
  3:
    'DirectoryEntry getConnection mysql_connect mysqli_connect mysqli PDO pg_connect ldap_bind ftp_login ssh2_auth_password ' +
    'PlainAuth pymysql.connect MySQLdb.connect mysql.connector.connect',
  // ClickHouse's functions that read from elsewhere.
  4: 'remote remoteSecure',
  5: 'mysql postgresql',
}

export interface Call {
  /** The name and the bracket that opens the call. */
  text: string
  /** From 1. */
  place: number
}

export const CALLS: readonly Call[] = Object.entries(PLACES).flatMap(([place, names]) =>
  names.split(' ').map((name) => ({ text: `${name}(`, place: Number(place) })),
)
