import type { EtcdFailure, EtcdStage } from './failure.ts'

/** One stage of the walk to an endpoint (etcd.md 15). */
export interface DoctorStage {
  readonly stage: EtcdStage
  readonly ok: boolean
  readonly durationMs: number
  /** One sentence for people, at most 300 characters; where the stage failed, what to do. */
  readonly detail: string
  /** Absent where the stage passed. */
  readonly failure?: EtcdFailure
  /** Of the stage `tls` over TLS, once a certificate was shown. */
  readonly tls?: TlsFinding
}

/** Texts are of the certificate, cut. */
export interface TlsFinding {
  /** Such as `TLSv1.3`. */
  readonly protocol: string
  readonly issuer: string
  /** At most 20. */
  readonly names: readonly string[]
  /** Unix ms. */
  readonly expiresAt: number
  /** Of our own certificate; absent when none is configured. */
  readonly clientExpiresAt?: number
}

/** What is known besides the failure when it is put into words. */
export interface DoctorFacts {
  readonly tls?: TlsFinding
  /** How etcd knows us; absent: by nothing. */
  readonly user?: { readonly name: string; readonly from: 'password' | 'certificate' }
  /** Our certificate; absent: none is configured. */
  readonly ours?: { readonly issuer: string; readonly isForClients: boolean }
}
