import { describeFailure, toFailureMessage } from './describe-failure.ts'
import type { DoctorFacts } from './doctor-stage.ts'
import type { EtcdFailure, EtcdFailureKind } from './failure.ts'

const MAX_LENGTH = 300
const SHOWN_NAMES = 5

type Sentence = (facts: DoctorFacts, failure: EtcdFailure) => string | undefined

/** Where more is known than a failed call tells; `undefined`: it is not. */
const SENTENCES: Partial<Record<EtcdFailureKind, Sentence>> = {
  tls_untrusted: ({ tls }) =>
    tls &&
    `the certificate is signed by ${tls.issuer}, which is not trusted here: set etcd.tls_ca_cert to the CA that signed it`,
  tls_name: ({ tls }, { endpoint }) =>
    tls &&
    `the certificate is for ${namesOf(tls.names)}, not for ${hostOf(endpoint)}: use one of its names or set etcd.tls_server_name`,
  tls_expired({ tls }, { message }) {
    if (!tls || message.startsWith('our certificate') || /alert/i.test(message)) return undefined
    return /not[ _]yet[ _]valid/i.test(message)
      ? undefined
      : `the certificate of the server expired on ${new Date(tls.expiresAt).toISOString()}: renew it`
  },
  tls_client_cert_required({ ours }) {
    if (!ours)
      return 'the server asks for a client certificate: set etcd.tls_cert and etcd.tls_key, signed by the CA that it trusts'
    return ours.isForClients
      ? `the server refuses our certificate (etcd.tls_cert), which is signed by ${ours.issuer}: use one of the CA that the server trusts`
      : 'the server refuses our certificate (etcd.tls_cert), which is not for clients: its extended key usage lacks clientAuth'
  },
  auth_failed: ({ user }) =>
    user?.from === 'certificate'
      ? `the name in our certificate, ${JSON.stringify(user.name.slice(0, 60))}, is no etcd user: add it, or set etcd.username and etcd.password`
      : undefined,
  permission_denied: ({ user }) =>
    user &&
    `the etcd user ${JSON.stringify(user.name.slice(0, 60))} (from the ${user.from}) needs the root role for this; monitoring by /metrics goes on`,
}

/** Why a stage failed, and the way out. */
export const describeDiagnosis = (failure: EtcdFailure, facts: DoctorFacts): string =>
  toText(SENTENCES[failure.kind]?.(facts, failure) ?? describeFailure(failure))

/** Of a server's texts too: control characters are replaced, and it is cut. */
const toText = (text: string): string =>
  `${toFailureMessage(text.slice(0, 200))}${toFailureMessage(text.slice(200, MAX_LENGTH))}`

function namesOf(names: readonly string[]): string {
  if (names.length === 0) return 'no name'
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : ''
  return `${names.slice(0, SHOWN_NAMES).join(', ')}${more}`
}

const hostOf = (url: string): string => url.replace(/^\w+:\/\//, '').replace(/:\d+$/, '')
