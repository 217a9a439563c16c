import type { KeyObject } from 'node:crypto'

export interface Certificate {
  name: string
  privateKey: KeyObject
  cert: string
  key: string
}

export function certificate(options: {
  name: string
  dns?: string[]
  ips?: string[]
  issuer?: Certificate
  isAuthority?: boolean
  from?: number
  to?: number
}): Certificate
