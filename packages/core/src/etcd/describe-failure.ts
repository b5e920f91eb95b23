import type { EtcdFailure, EtcdFailureKind } from './failure.ts'

const MAX_LENGTH = 200

/** What happened and the way out (etcd.md 15). `message` is that of the failure. */
const SENTENCES: Readonly<Record<EtcdFailureKind, (message: string) => string>> = {
  blocked_url: (message) => `blocked_url: ${message}`,
  dns: (message) => `${message}: check the host name and the name server`,
  refused: (message) =>
    message.startsWith('not started')
      ? message
      : `${message}: nothing listens there; in a container 127.0.0.1 is the container itself`,
  timeout: (message) => message,
  tls_untrusted: () =>
    'the certificate is signed by no known CA: set etcd.tls_ca_cert to the CA that signed it',
  tls_name: (message) => `${message}: use one of its names or set etcd.tls_server_name`,
  tls_expired: (message) => `${message}: renew it`,
  tls_client_cert_required: () =>
    "the server asks for a client certificate, or refuses ours: set etcd.tls_cert and etcd.tls_key, signed by the server's trusted CA",
  tls_protocol: () => 'one side speaks TLS and the other does not: check http:// and https://',
  not_etcd: () => "something answers there, but not etcd's client port (a metrics listener?)",
  wrong_cluster: (message) => message,
  wrong_member: (message) => message,
  auth_failed: (message) => message,
  permission_denied: () => 'the etcd user needs the root role for this; monitoring by /metrics goes on',
  learner: () => 'a learner does not answer this',
  no_leader: () => 'this member answers but the cluster has no leader: see the other members',
  proposal_dropped: () => 'the cluster had no leader for this just then: see the other members',
  leader_changed: () => 'the leader changed during the call: see the other members',
  server_timeout: (message) =>
    message.startsWith('no login')
      ? message
      : 'this member answers but the cluster has no leader: see the other members',
  corrupt: () => 'etcd refuses because of a CORRUPT alarm',
  overloaded: () => 'etcd answers that it has too many requests',
  not_supported: () => 'this etcd does not know the call',
  connection_lost: (message) => `the connection broke before the answer: ${message}`,
  deadline: () => 'the process accepts connections but does not answer: it may hang, or be defragmenting',
  unknown: (message) => message,
}

/** One sentence for people, with the way out where there is one; at most 200 characters. */
export const describeFailure = ({ kind, message }: Pick<EtcdFailure, 'kind' | 'message'>): string =>
  SENTENCES[kind](message).slice(0, MAX_LENGTH)

/** A text of a server as it may be shown: control characters replaced, at most 200 characters. */
export const toFailureMessage = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is replaced
  text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, MAX_LENGTH)
