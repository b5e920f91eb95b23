import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { checkServerIdentity, createSecureContext, type PeerCertificate } from 'node:tls'
import { StartRefused } from '@etcdmonitor/core/errors'

/** PEM files; `""` = none. */
export interface TlsPaths {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** PEM bytes. Without `ca` the system's roots count. */
export interface TlsMaterial {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

export interface TlsSettings extends TlsMaterial {
  /** Takes the place of every endpoint's host when the certificate is checked; `""` = the host. */
  readonly serverName: string
  readonly insecureSkipVerify: boolean
}

/**
 * Reads the three files and proves that a TLS connection can be made with them.
 * @throws StartRefused naming what cannot be read, parsed, or does not fit together
 */
export function readTlsMaterial({ ca, cert, key }: TlsPaths): TlsMaterial {
  const problems: string[] = []
  const read = (name: string, file: string): Buffer | undefined => {
    try {
      return file === '' ? undefined : readFileSync(file)
    } catch (error) {
      problems.push(`etcd.${name}: cannot be read: ${messageOf(error)}`)
      return undefined
    }
  }
  const files = {
    ca: read('tls_ca_cert', ca),
    cert: read('tls_cert', cert),
    key: read('tls_key', key),
  }
  if (problems.length === 0) problems.push(...judge(files))
  if (problems.length > 0) throw new StartRefused(problems)
  return {
    ...(files.ca && { ca: files.ca }),
    ...(files.cert && { cert: files.cert }),
    ...(files.key && { key: files.key }),
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/

function judge({ ca, cert, key }: { [K in keyof TlsMaterial]: TlsMaterial[K] | undefined }): string[] {
  if (key?.includes('ENCRYPTED'))
    return ['etcd.tls_key: holds an encrypted key; wanted one without a passphrase']
  // OpenSSL takes a file without a certificate for a CA that nobody trusts
  if (ca && !CERTIFICATE.test(ca.toString('latin1'))) return ['etcd.tls_ca_cert: holds no PEM certificate']
  try {
    createSecureContext({ ca, cert, key })
    return []
  } catch (error) {
    return [`etcd.tls_ca_cert, etcd.tls_cert, etcd.tls_key: cannot be used: ${messageOf(error)}`]
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))

/**
 * Why our own certificate cannot be shown now: a connection is rather down than made without it. Some servers would
 * only say that it is bad.
 */
export function createExpiryCheck({ cert }: Pick<TlsMaterial, 'cert'>): (now: number) => string | undefined {
  if (!cert) return () => undefined
  const { validFrom, validTo } = new X509Certificate(cert)
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)]
  return (now) => {
    if (now > to) return `our certificate (etcd.tls_cert) expired on ${new Date(to).toISOString()}`
    return now < from
      ? `our certificate (etcd.tls_cert) is not valid before ${new Date(from).toISOString()}`
      : undefined
  }
}

/** How the certificate of a server is judged that is reached as `host`, a name or an address without brackets. */
export interface ServerIdentity {
  /** What the handshake names. Node 25 and later refuse an address there, so addresses have a name that is none. */
  readonly servername: string
  readonly checkServerIdentity: (name: string, certificate: PeerCertificate) => Error | undefined
}

export function serverIdentity(host: string, serverName: string): ServerIdentity {
  const expected = serverName || host
  return {
    servername: isIP(expected) === 0 ? expected : 'etcd.invalid',
    // the name of the handshake is no address, so what is checked is given here
    checkServerIdentity: (_name, certificate) => checkServerIdentity(expected, certificate),
  }
}
