/**
 * What stands before a gateway, or in its place: TLS with certificates made for this run, and servers that give answers
 * which Ceph never gives.
 */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from './gateway.js'

const folder = mkdtempSync(join(tmpdir(), 'hushlog-tls-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
const servers = []

/** @param prefix a command to make it under: faketime makes one that has expired */
export function makeCertificate(name, subject, prefix = []) {
  const [key, cert] = ['key', 'pem'].map((extension) => join(folder, `${name}.${extension}`))
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  const names = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${subject}`]
  const made = ['openssl', 'req', '-x509', ...curve, '-keyout', key, '-out', cert, ...names]
  const [command, ...args] = [...prefix, ...made]
  run(command, args)
  return { key, cert }
}

/** Passes all on to a gateway, unchanged. @returns its endpoint */
export async function startTlsFront(gateway, { key, cert }) {
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (req, res) => {
    const { method, url: path, headers } = req
    const onwards = request({ host: '127.0.0.1', port: gateway.port, method, path, headers }, (answer) => {
      res.writeHead(answer.statusCode, answer.headers)
      answer.pipe(res)
    })
    onwards.on('error', () => res.destroy())
    req.pipe(onwards)
  })
  // A client that does not like the certificate leaves.
  server.on('tlsClientError', () => {})
  return `https://127.0.0.1:${await portOf(server)}`
}

/** Gives one answer to everything. A stand-in: Ceph cannot be made to give it. @returns its endpoint */
export async function startStandIn(status, body, headers = { 'content-type': 'application/xml' }) {
  const server = createServer((req, res) => {
    req.resume()
    res.writeHead(status, headers).end(req.method === 'HEAD' ? undefined : body)
  })
  return `http://127.0.0.1:${await portOf(server)}`
}

async function portOf(server) {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server.address().port
}

export function closeFronts() {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
}
