import { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { checkServerIdentity, type PeerCertificate } from 'node:tls'

/** PEM bytes. Without `ca` the system's roots count. */
export interface TlsMaterial {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** What counts now; undefined: plain text. Files are replaced while the program runs. */
export type CurrentTls = () => TlsSettings | undefined

export interface TlsSettings extends TlsMaterial {
  /** Takes the place of every endpoint's host when the certificate is checked; `""` = the host. */
  readonly serverName: string
  readonly insecureSkipVerify: boolean
}

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
