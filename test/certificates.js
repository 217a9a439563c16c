/**
 * Certificates for servers of tests, made when they run: X.509 version 3 by hand, for nothing in Node makes one and
 * openssl is not on every machine.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'

const SEQUENCE = 0x30
const SET = 0x31
const BOOLEAN = 0x01
const INTEGER = 0x02
const BITS = 0x03
const OCTETS = 0x04
const UTF8 = 0x0c
const UTC_TIME = 0x17
const OBJECT_ID = 0x06
const DNS_NAME = 0x82
const IP_ADDRESS = 0x87
/** ecdsa-with-SHA256, commonName, basicConstraints and subjectAltName. */
const ECDSA = '2a8648ce3d040302'
const COMMON_NAME = '550403'
const BASIC_CONSTRAINTS = '551d13'
const ALT_NAME = '551d11'
const TRUE = Buffer.from([0xff])
const DAY = 86_400_000

function der(tag, ...parts) {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const objectId = (hex) => der(OBJECT_ID, Buffer.from(hex, 'hex'))
const utcTime = (ms) =>
  der(UTC_TIME, Buffer.from(`${new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(2, 14)}Z`))
const nameOf = (text) =>
  der(SEQUENCE, der(SET, der(SEQUENCE, objectId(COMMON_NAME), der(UTF8, Buffer.from(text)))))
const extension = (id, value, isCritical = false) =>
  der(SEQUENCE, objectId(id), ...(isCritical ? [der(BOOLEAN, TRUE)] : []), der(OCTETS, value))

function pem(label, bytes) {
  const lines = bytes.toString('base64').match(/.{1,64}/g)
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}

/**
 * A certificate and its key, in PEM.
 * @param options `dns` and `ips`: what it is for; `issuer`: who signs it, else it signs itself; `isAuthority`;
 * `from` and `to`: milliseconds from now
 */
export function certificate({
  name,
  dns = [],
  ips = [],
  issuer,
  isAuthority = false,
  from = -DAY,
  to = DAY,
}) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const names = [
    ...dns.map((text) => der(DNS_NAME, Buffer.from(text))),
    ...ips.map((ip) => der(IP_ADDRESS, Buffer.from(ip.split('.').map(Number)))),
  ]
  const constraints = der(SEQUENCE, ...(isAuthority ? [der(BOOLEAN, TRUE)] : []))
  const extensions = [extension(BASIC_CONSTRAINTS, constraints, true)]
  if (names.length > 0) extensions.push(extension(ALT_NAME, der(SEQUENCE, ...names)))
  const algorithm = der(SEQUENCE, objectId(ECDSA))
  const body = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    nameOf(issuer?.name ?? name),
    der(SEQUENCE, utcTime(Date.now() + from), utcTime(Date.now() + to)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, ...extensions)),
  )
  const signature = sign('sha256', body, issuer?.privateKey ?? privateKey)
  const whole = der(SEQUENCE, body, algorithm, der(BITS, Buffer.from([0]), signature))
  return {
    name,
    privateKey,
    cert: pem('CERTIFICATE', whole),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
}
