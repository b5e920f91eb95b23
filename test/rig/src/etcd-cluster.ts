import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EtcdUser, enableAuth } from './etcd-auth.ts'
import { type EtcdMember, type EtcdTls, type MemberPlan, startMember } from './etcd-member.ts'
import { freePorts } from './free-ports.ts'
import type { ClientPem } from './http-call.ts'
import { findServer } from './servers.ts'

export interface EtcdClusterOptions {
  /** 1 to 5 */
  readonly members: number
  /** Else the server `etcd` of servers.ts. */
  readonly binary?: string
  /** For clients; members talk to each other in plain text. */
  readonly tls?: EtcdTls
  readonly auth?: EtcdUser
  /** `--initial-cluster-token`; it makes cluster and member ids, with the ports. */
  readonly token?: string
  /** Added to those of each member, for example `--quota-backend-bytes=16777216`. */
  readonly flags?: readonly string[]
  /** Client and peer port of each member, in turn, on which nothing listens; else free ones. */
  readonly ports?: readonly number[]
  /** `--listen-metrics-urls`: a port of each member on which its metrics are served too. */
  readonly metricsPorts?: readonly number[]
  /** `--listen-client-http-urls`, from etcd 3.5.10 on: HTTP is served there alone, gRPC at the client port. */
  readonly httpPorts?: readonly number[]
  /** An existing folder for the data, not removed; else a temporary one, removed when disposed of. */
  readonly folder?: string
}

export interface EtcdCluster extends AsyncDisposable {
  /** Client URLs, in the order of `members`. */
  readonly endpoints: readonly string[]
  readonly members: readonly EtcdMember[]
  /** As in the options: another cluster may take the place of this one when it is disposed of. */
  readonly ports: readonly number[]
  /** SIGKILL to every member, at once: the data goes anyway, and a leader asked to stop takes seconds. */
  dispose(): Promise<void>
}

/**
 * A real etcd cluster on free ports of 127.0.0.1, healthy when the promise resolves. Its members end with this
 * process, also when that is killed.
 */
export async function startEtcdCluster(options: EtcdClusterOptions): Promise<EtcdCluster> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'etcdmonitor-etcd-'))
  const client = options.tls && readClientPem(options.tls)
  const members: EtcdMember[] = []
  const dispose = async () => {
    await Promise.all(members.map((member) => member.kill()))
    if (options.folder === undefined) rmSync(folder, { recursive: true, force: true })
  }
  try {
    const ports = options.ports ?? (await freePorts(2 * options.members))
    for (const plan of planMembers(options, { folder, ports })) members.push(await startMember(plan, client))
    await Promise.all(members.map((member) => member.untilHealthy()))
    const endpoints = members.map(({ url }) => url)
    if (options.auth) await enableAuth(endpoints[0] ?? '', options.auth, client)
    return { endpoints, members, ports, dispose, [Symbol.asyncDispose]: dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

function planMembers(
  options: EtcdClusterOptions,
  { folder, ports }: { readonly folder: string; readonly ports: readonly number[] },
): MemberPlan[] {
  const { members, tls, token = 'etcdmonitor', flags = [] } = options
  const binary = options.binary ?? findServer('etcd')
  if (!binary) throw new Error('the server etcd is missing')
  if (members < 1 || members > 5) throw new Error(`a cluster has 1 to 5 members, not ${members}`)
  const scheme = tls ? 'https' : 'http'
  const addresses = Array.from({ length: members }, (_, index) => ({
    name: `etcd-${index}`,
    url: `${scheme}://127.0.0.1:${ports[2 * index]}`,
    peerUrl: `http://127.0.0.1:${ports[2 * index + 1]}`,
    dataFolder: join(folder, `etcd-${index}`),
  }))
  const peers = addresses.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',')
  return addresses.map((address, index) => {
    const [metricsUrl, httpUrl] = [options.metricsPorts, options.httpPorts].map((list) =>
      list ? `${scheme}://127.0.0.1:${list[index]}` : undefined,
    )
    return { ...address, binary, peers, token, flags, tls, metricsUrl, httpUrl }
  })
}

const readClientPem = ({ certFile, keyFile }: EtcdTls): ClientPem => ({
  cert: readFileSync(certFile, 'utf8'),
  key: readFileSync(keyFile, 'utf8'),
})
