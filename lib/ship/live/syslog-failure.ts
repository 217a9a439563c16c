/**
 * Why a syslog server does not take lines, in our own words: nothing that a server said stands in them but a code.
 */
import { errorCode } from '../../errors.ts'

export interface Failure {
  reason: string
  hint?: string
}

const UNTRUSTED: Failure = {
  reason: 'its certificate is of no authority that is trusted here',
  hint: 'give the authority that signed it in ship.syslog.tls.ca',
}

const SELF_SIGNED: Failure = {
  reason: 'its certificate is signed by itself',
  hint: 'give that certificate, or better an authority, in ship.syslog.tls.ca',
}

const NO_TLS: Failure = {
  reason: 'it does not speak TLS there',
  hint: 'look at ship.syslog.port; syslog over TLS is on 6514 as a rule',
}

const NO_CERTIFICATE_OF_OURS: Failure = {
  reason: 'it does not take the certificate of this program, or asks for one',
  hint: 'give one in ship.syslog.tls.cert, with its key',
}

const FAILURES: Record<string, Failure> = {
  ECONNREFUSED: { reason: 'nobody listens there' },
  ENOTFOUND: { reason: 'its name is not known', hint: 'look at ship.syslog.host' },
  EAI_AGAIN: { reason: 'its name cannot be looked up now' },
  EHOSTUNREACH: { reason: 'no way leads there' },
  ENETUNREACH: { reason: 'no way leads there' },
  ETIMEDOUT: { reason: 'it does not answer' },
  ECONNRESET: { reason: 'it broke the connection off' },
  EPIPE: { reason: 'it broke the connection off' },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    reason: 'its certificate bears another name',
    hint: 'give the name that it bears in ship.syslog.tls.servername, if that is the right server',
  },
  CERT_HAS_EXPIRED: { reason: 'its certificate has expired' },
  CERT_NOT_YET_VALID: { reason: 'its certificate is not valid yet', hint: 'look at the clock of this host' },
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  EPROTO: NO_TLS,
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NO_CERTIFICATE_OF_OURS,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: NO_CERTIFICATE_OF_OURS,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: NO_CERTIFICATE_OF_OURS,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: NO_CERTIFICATE_OF_OURS,
}

export const SILENT: Failure = { reason: 'it does not answer' }
export const LEFT: Failure = { reason: 'it closed the connection' }
export const STUCK: Failure = { reason: 'it reads nothing any more' }

export function failureOf(error: unknown): Failure {
  const code = errorCode(error)
  const { reason, hint } = FAILURES[code] ?? { reason: 'the connection failed' }
  return { reason: `${reason} (${code})`, ...(hint === undefined ? {} : { hint }) }
}
