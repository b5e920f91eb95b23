import { X509Certificate } from 'node:crypto'
import type { DoctorFacts } from '@etcdmonitor/core/etcd/doctor-stage'
import type { EtcdFailure } from '@etcdmonitor/core/etcd/failure'
import type { TlsMaterial } from '../connection/tls-material.ts'

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'
const SHOWN_ISSUER = 45

/** etcd takes it for the user when no login is sent; `""`: there is none. */
export const commonName = (cert: TlsMaterial['cert']): string =>
  cert ? (/^CN=(.+)$/m.exec(new X509Certificate(cert).subject)?.[1] ?? '') : ''

/** What our certificate tells of itself. */
export function readOurs(cert: NonNullable<TlsMaterial['cert']>): NonNullable<DoctorFacts['ours']> {
  // the types lack what has been there since Node 15: object identifiers of the extended key usage, undefined where all is allowed
  const { issuer, keyUsage } = new X509Certificate(cert) as X509Certificate & { keyUsage?: readonly string[] }
  const name = /^(?:CN|O)=(.+)$/m.exec(issuer)?.[1] ?? issuer
  return {
    issuer: name.slice(0, 100),
    isForClients: keyUsage === undefined || keyUsage.length === 0 || keyUsage.includes(CLIENT_AUTH),
  }
}

/** A server that refuses us says in one way what may have three reasons: our own certificate tells which. */
export function withOurs(failure: EtcdFailure, cert: TlsMaterial['cert']): EtcdFailure {
  if (failure.kind !== 'tls_client_cert_required') return failure
  if (!cert) return { ...failure, advice: 'none is configured' }
  const { issuer, isForClients } = readOurs(cert)
  const advice = isForClients
    ? `ours is signed by ${issuer.slice(0, SHOWN_ISSUER)}`
    : 'the extended key usage of ours lacks clientAuth'
  return { ...failure, advice }
}
