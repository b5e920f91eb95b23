import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Config } from '@etcdmonitor/core/config/config-schema'
import { StartRefused } from '@etcdmonitor/core/errors'
import { whyRefused } from './file-errors.ts'

type TlsKeys = Pick<Config['etcd'], 'tls_cert' | 'tls_key'> & Partial<Pick<Config['etcd'], 'tls_ca_cert'>>
/** Whose keys they are, for messages. */
type Section = 'etcd' | 'server'

/** PEM bytes of the files that are configured. */
export interface TlsFiles {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * One line for each of a section's TLS files that cannot be read, is no PEM, does not fit its key, or makes no connection. Validity in
 * time is no matter of configuration.
 */
export const checkTlsFiles = (keys: TlsKeys, section: Section = 'etcd'): readonly string[] =>
  judgeTlsFiles(keys, section).problems

/** What the three files hold. @throws StartRefused with the lines of `checkTlsFiles` */
export function readTlsFiles(keys: TlsKeys, section: Section = 'etcd'): TlsFiles {
  const { problems, files } = judgeTlsFiles(keys, section)
  if (problems.length > 0) throw new StartRefused(problems)
  return files
}

interface Judgement {
  readonly problems: readonly string[]
  readonly files: TlsFiles
}

function judgeTlsFiles({ tls_cert, tls_key, tls_ca_cert = '' }: TlsKeys, section: Section): Judgement {
  const problems: string[] = []
  const read = <T>(path: string, file: string, wanted: string, parse: (pem: string) => T) => {
    if (file === '') return {}
    try {
      const bytes = readFileSync(file)
      return { bytes, parsed: parse(bytes.toString('latin1')) }
    } catch (error) {
      problems.push(`${path}: ${whyRefused(error)}; wanted ${wanted}; got ${JSON.stringify(file)}`)
      return {}
    }
  }
  const ca = read(`${section}.tls_ca_cert`, tls_ca_cert, 'readable PEM certificates', readCertificates)
  const cert = read(`${section}.tls_cert`, tls_cert, 'a readable PEM certificate', readCertificates)
  const key = read(`${section}.tls_key`, tls_key, 'a readable PEM key without a passphrase', readKey)
  if (cert.parsed && key.parsed && !cert.parsed.checkPrivateKey(key.parsed))
    problems.push(
      `${section}.tls_key: does not fit the certificate; wanted the key of ${section}.tls_cert; got ${JSON.stringify(tls_key)}`,
    )
  const files = {
    ...(ca.bytes && { ca: ca.bytes }),
    ...(cert.bytes && { cert: cert.bytes }),
    ...(key.bytes && { key: key.bytes }),
  }
  if (problems.length === 0) problems.push(...judgeTogether(files, section))
  return { problems, files }
}

/** OpenSSL refuses more than what does not parse: a key that is too short, a digest that is too weak. */
function judgeTogether(files: TlsFiles, section: Section): readonly string[] {
  try {
    createSecureContext(files)
    return []
  } catch (error) {
    const keys = ['tls_ca_cert', 'tls_cert', 'tls_key'].filter(
      (key) => section === 'etcd' || key !== 'tls_ca_cert',
    )
    return [`${keys.map((key) => `${section}.${key}`).join(', ')}: cannot be used: ${whyRefused(error)}`]
  }
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
