import type { EtcdFailureKind } from '@etcdmonitor/core/etcd/failure'
import type { EndpointAnswer } from '../../api/answers.ts'

/**
 * What to do about an endpoint that fails, by the kind of its failure (etcd.md 5.2). The sentence of the server says what happened, this
 * where to look. Not in the catalogue of texts: nobody needs them but who opens this page.
 */
const ADVICE: Readonly<Partial<Record<EtcdFailureKind, string>>> = {
  blocked_url:
    'The address is outside of etcd.member_allow_cidrs, or of a range that is never dialled. Advertise another client URL with --advertise-client-urls, or allow its network.',
  dns: 'Resolve the name on the host that runs the console, for example with getent hosts NAME. In a container its resolver counts, not the one of the host.',
  refused:
    'Look whether etcd runs there and listens on that address: --listen-client-urls. From inside a container 127.0.0.1 is the container.',
  timeout:
    'Packets go and none come back: look at firewalls, security groups and network policies between the console and this port.',
  tls_untrusted:
    'Set etcd.tls_ca_cert to the CA that signed the certificate of the server. openssl s_client -connect HOST:PORT -showcerts shows who signed it.',
  tls_name:
    'Use a name that stands in the certificate, set etcd.tls_server_name to one of them, or issue a certificate for this name.',
  tls_expired: 'Renew the certificate. A clock that is wrong on either host looks the same: compare them.',
  tls_client_cert_required:
    'Set etcd.tls_cert and etcd.tls_key to a certificate for client authentication, signed by the CA of --trusted-ca-file of the server.',
  tls_protocol:
    'Write https:// where etcd serves TLS (1.2 or newer), and http:// where it serves none. openssl s_client -connect HOST:PORT shows what the port speaks.',
  not_etcd:
    'The port belongs to something else: a metrics listener (--listen-metrics-urls), the peer port, or a proxy for HTTP/1. Use the client URL of the member.',
  wrong_cluster:
    'The endpoint is of another cluster than the others. Take it out of etcd.endpoint, or give it to a console of its own.',
  wrong_member:
    'A balancer stands before several members, or an address moved to another one. Name each member by an address of its own.',
  auth_failed:
    'Look at etcd.username and etcd.password, or at the common name of etcd.tls_cert: etcdctl user list shows who exists.',
  permission_denied:
    'Grant the user of the console the role root for operations: etcdctl user grant-role NAME root.',
  no_leader:
    'This member lives, but less than a quorum of voters can reach each other. Look at the other members and at the network between their peer ports.',
  proposal_dropped: 'An election is under way: if it stays, look at the other members and at their disks.',
  leader_changed:
    'An election was under way. If it happens often, look at WAL fsync and peer round-trip times.',
  server_timeout:
    'The member answers but can commit nothing. Look at the other members, and at the WAL fsync of the leader.',
  deadline:
    'The process accepts connections and says nothing: it hangs, is stopped, waits for a quorum at its start, or is being defragmented. Look at it and its log on its host.',
  connection_lost: 'The process may have ended during the call: look at its log and at its restarts.',
  overloaded:
    'Etcd refuses calls because it is too busy: look who asks so much (Client requests on Monitor).',
  disk_full: 'Free space on the disk of this member before anything else.',
  corrupt: 'The CORRUPT alarm stands. Do not disarm it before HashKV says which member differs.',
  no_space: 'The NOSPACE alarm stands: compact, defragment, then disarm, or raise --quota-backend-bytes.',
}

/** Undefined: there is nothing to add to what the server says. `kind` as in the answer: a later server may know more. */
export function adviceOf({ kind, stage }: Pick<EndpointAnswer, 'kind' | 'stage'>): string | undefined {
  // whatever took the connection was not kept away by a firewall
  const known = kind === 'timeout' && stage !== 'tcp' ? 'deadline' : kind
  return Object.hasOwn(ADVICE, known) ? ADVICE[known as EtcdFailureKind] : undefined
}
