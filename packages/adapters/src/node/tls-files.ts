import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { whyRefused } from './file-errors.ts'

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

type TlsKeys = Pick<Config['etcd'], 'tls_cert' | 'tls_key' | 'tls_ca_cert'>

/** One line for each of etcd's TLS files that cannot be read, is no PEM, or does not fit its key. Validity in time is no matter of configuration. */
export function checkTlsFiles({ tls_cert, tls_key, tls_ca_cert }: TlsKeys): readonly string[] {
  const problems: string[] = []
  const read = <T>(path: string, file: string, wanted: string, parse: (pem: string) => T): T | undefined => {
    if (file === '') return undefined
    try {
      return parse(readFileSync(file, 'utf8'))
    } catch (error) {
      problems.push(`${path}: ${whyRefused(error)}; wanted ${wanted}; got ${JSON.stringify(file)}`)
      return undefined
    }
  }
  read('etcd.tls_ca_cert', tls_ca_cert, 'readable PEM certificates', readCertificates)
  const certificate = read('etcd.tls_cert', tls_cert, 'a readable PEM certificate', readCertificates)
  const key = read('etcd.tls_key', tls_key, 'a readable PEM key without a passphrase', readKey)
  if (certificate && key && !certificate.checkPrivateKey(key))
    problems.push(
      `etcd.tls_key: does not fit the certificate; wanted the key of etcd.tls_cert; got ${JSON.stringify(tls_key)}`,
    )
  return problems
}

/** The first one; all of them parse. */
function readCertificates(pem: string): X509Certificate {
  const [first] = (pem.match(CERTIFICATE) ?? []).map(parseCertificate)
  if (!first) throw new Error('holds no PEM certificate')
  return first
}

function parseCertificate(block: string): X509Certificate {
  try {
    return new X509Certificate(block)
  } catch (cause) {
    throw new Error('holds a certificate that cannot be parsed', { cause })
  }
}

function readKey(pem: string): KeyObject {
  if (/ENCRYPTED/.test(pem)) throw new Error('holds an encrypted key')
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new Error('holds no PEM key', { cause })
  }
}
