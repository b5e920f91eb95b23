import type { EtcdFailure, EtcdFailureKind } from './failure.ts'

const MAX_LENGTH = 200

/**
 * What happened and the way out (etcd.md 15). `message` is that of the failure; what a driver, a resolver or OpenSSL said stays in it:
 * only its facts are told.
 */
const SENTENCES: Readonly<Record<EtcdFailureKind, (message: string) => string>> = {
  blocked_url: (message) => `blocked_url: ${message}`,
  dns: () => 'the name leads to no address: check the host name and the name server',
  refused: (message) => {
    if (message.startsWith('not started')) return message
    if (/E(HOST|NET)UNREACH/.test(message)) return 'no network path leads there: check routes and firewalls'
    return 'connection refused: nothing listens there; in a container 127.0.0.1 is the container itself'
  },
  timeout: (message) =>
    message.includes('ETIMEDOUT') ? 'no connection in time: a firewall, or a wrong address' : message,
  tls_untrusted: () =>
    'the certificate is signed by no known CA: set etcd.tls_ca_cert to the CA that signed it',
  tls_name: (message) =>
    `the certificate is for ${namesIn(message)}: use one of its names or set etcd.tls_server_name`,
  tls_expired: (message) => {
    if (message.startsWith('our certificate')) return `${message}: renew it`
    if (/alert certificate expired/i.test(message))
      return 'the server says that our certificate (etcd.tls_cert) has expired: renew it'
    return /not[ _]yet[ _]valid/i.test(message)
      ? 'the certificate of the server is not valid yet: check the clocks'
      : 'the certificate of the server has expired: renew it'
  },
  tls_client_cert_required: () =>
    "the server asks for a client certificate, or refuses ours: set etcd.tls_cert and etcd.tls_key, signed by the server's trusted CA",
  tls_protocol: (message) =>
    /unsupported protocol|protocol version|version too low/i.test(message)
      ? 'the server speaks no TLS of version 1.2 or newer: upgrade it, or what stands before it'
      : 'one side speaks TLS and the other does not: check http:// and https://',
  not_etcd: () => "something answers there, but not etcd's client port (a metrics listener?)",
  wrong_cluster: (message) => message,
  wrong_member: (message) => message,
  auth_failed: (message) => message,
  permission_denied: () => 'needs the root role for this; monitoring by /metrics goes on',
  learner: () => 'a learner does not answer this',
  no_leader: () => 'this member answers but the cluster has no leader: see the other members',
  proposal_dropped: () => 'the cluster had no leader for this just then: see the other members',
  leader_changed: () => 'the leader changed during the call: see the other members',
  server_timeout: (message) =>
    message.startsWith('no login')
      ? message
      : 'this member answers but the cluster has no leader: see the other members',
  no_space: () =>
    'the alarm NOSPACE is active: etcd takes no writes; a put of that moment may be applied, so read before trying again',
  corrupt: () => 'etcd refuses because of a CORRUPT alarm',
  overloaded: () => 'etcd answers that it has too many requests',
  disk_full: () => 'the disk of the member is full',
  request_too_large: () =>
    "the request is larger than etcd's own limit (--max-request-bytes, 1.5 MiB by default)",
  reply_too_large: () => 'the answer is larger than 32 MiB',
  compacted: () => 'this revision was compacted',
  future_revision: () => 'this revision is not reached yet',
  lease_not_found: () => 'etcd does not know the lease',
  not_leader: () => 'this member is not the leader any more: see who leads now',
  bad_transferee: () => 'etcd takes no leader that is not a voter of the cluster',
  transfer_timeout: () =>
    'the transfer of the leadership was not finished in time: it may still happen, see who leads now',
  not_supported: () => 'this etcd does not know the call',
  connection_lost: () => 'the connection broke before the answer: the process may have ended',
  // a member that sees no quorum when it starts listens, and answers nobody until it does
  deadline: () =>
    'the process accepts connections but does not answer: it may be starting without a quorum, hang, or be defragmenting',
  unknown: (message) => message,
}

/** One sentence for people, with the way out where there is one; at most 200 characters, of which the advice is kept; 300 of the doctor. */
export function describeFailure({
  kind,
  message,
  method = '',
  advice = '',
  user = '',
  sentence: found,
}: Pick<EtcdFailure, 'kind' | 'message' | 'advice' | 'user' | 'sentence'> &
  Partial<Pick<EtcdFailure, 'method'>>): string {
  if (found !== undefined) return found
  const what = SENTENCES[kind](message)
  const sentence =
    kind === 'permission_denied' ? `${nameUser(user)} ${isOfKeys(method) ? NOT_THESE_KEYS : what}` : what
  if (advice === '') return sentence.slice(0, MAX_LENGTH)
  return `${sentence.slice(0, MAX_LENGTH - 2 - advice.length)}; ${advice}`
}

const NOT_THESE_KEYS = 'may not do that with these keys'

/** A compaction is a call of keys that wants the root role all the same. */
const isOfKeys = (method: string): boolean => /^(KV|Lease)\./.test(method) && method !== 'KV.compact'

const nameUser = (user: string): string =>
  user === '' ? 'the etcd user of this console' : `the etcd user ${JSON.stringify(user.slice(0, 60))}`

/** Of a certificate, as Node writes them into its error. */
function namesIn(message: string): string {
  const names = /is not (?:in the cert's (?:altnames|list)|cert's CN): (.+)$/.exec(message)?.[1]
  return names?.replaceAll(/\b(DNS|IP Address):/g, '') ?? 'another name'
}

/** A text of a server as it may be shown: control characters replaced, at most 200 characters. */
export const toFailureMessage = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, MAX_LENGTH)
