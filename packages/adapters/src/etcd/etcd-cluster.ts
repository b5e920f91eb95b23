import { AppError } from '@etcdmonitor/core/errors'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import type { EtcdV2 } from '@etcdmonitor/core/ports/etcd-v2'
import type { Log } from '@etcdmonitor/core/ports/log'
import type { Secret } from '@etcdmonitor/core/secret'
import type { Clock } from '@etcdmonitor/core/time'
import { createCluster } from './cluster.ts'
import { createAddressPolicy } from './connection/address-policy.ts'
import { openChannel } from './connection/channel.ts'
import { createResolver } from './connection/resolve-target.ts'
import { loadSchema } from './connection/schema.ts'
import { createExpiryCheck, type TlsMaterial, type TlsSettings } from './connection/tls-material.ts'
import { createDoctor } from './doctor/diagnose.ts'
import { commonName, withOurs } from './doctor/our-certificate.ts'
import { createEtcdKeys } from './kv/etcd-keys.ts'
import { createKvCalls } from './kv/kv-calls.ts'
import { createEtcdMaintenance } from './maintenance/etcd-maintenance.ts'
import { createMember } from './member.ts'
import { borrowToken } from './members/borrow-token.ts'
import { createDiscovery } from './members/discovery.ts'
import { createHttpGetter } from './page/http.ts'
import { createPageCall } from './page/page-call.ts'
import { createEtcdV2 } from './v2/etcd-v2.ts'
import { createV2Sender } from './v2/v2-request.ts'

export interface EtcdClientOptions {
  /** 1 to 32 URLs `http(s)://host:port` of one scheme. */
  readonly endpoints: readonly string[]
  /** `""`: no token is used. */
  readonly username: string
  readonly password?: Secret | undefined
  /** With https; without it plain text is spoken. */
  readonly tls?: TlsSettings | undefined
  readonly metricsPath: string
  readonly metricsEndpoint: string | readonly string[]
  readonly memberAllowCidrs: readonly string[]
  /** Milliseconds between ticks of the collector: what cannot be reached is tried at most once in it. */
  readonly interval: number
  readonly clock: Clock
  readonly log: Log
  /** Of the program, for the User-Agent of scrapes. */
  readonly version?: string
}

const VERIFYING: TlsSettings = { serverName: '', insecureSkipVerify: false }

export interface EtcdClient extends EtcdCluster {
  readonly v2: EtcdV2
  /**
   * Shows these certificates from now on, and trusts this CA: every call that begins makes a connection with them. Calls that run go on
   * over the old ones, for at most 60 s. Never ends TLS.
   */
  renewTls(material: TlsMaterial): void
}

/** One etcd cluster. Connects to nothing until it is asked something. */
export function openEtcdCluster(options: EtcdClientOptions): EtcdClient {
  const { endpoints, username, password, clock, log, interval } = options
  const closer = new AbortController()
  const closing = closer.signal
  // an https endpoint is never spoken to in plain text, whatever was forgotten
  let tls = endpoints[0]?.startsWith('https:') ? (options.tls ?? VERIFYING) : options.tls
  const currentTls = () => tls
  let expiry = createExpiryCheck(tls ?? {})
  const whyExpired = (now: number) => expiry(now)
  const policy = createAddressPolicy(endpoints, options.memberAllowCidrs)
  const resolve = createResolver({ endpoints, policy, whyExpired, clock })
  const user = username !== '' && password ? { name: username, password } : undefined
  const who = () => username || commonName(currentTls()?.cert)
  const schema = loadSchema()
  let isAuthOn = false
  const cluster = createCluster({
    clock,
    onAnswer: (url) => discovery.endRest(url),
    makeMember: (url) =>
      createMember({
        url,
        user,
        who,
        clock,
        closing,
        borrow: (budget) => borrowToken({ cluster, discovery }, budget),
        heard: (isOn) => {
          isAuthOn = isOn
        },
        resolve: (budget, current) => resolve(url, budget, current),
        open: (target) =>
          openChannel({ schema, target, clock, tls: url.startsWith('https:') ? tls : undefined }),
      }),
  })
  const discovery = createDiscovery({
    ...{ configured: endpoints, cluster, interval, clock, log, closing },
    explain: (failure) => withOurs(failure, currentTls()?.cert),
    examine: (url, budget) => doctor.examine(url, budget),
  })
  const doctor = createDoctor({
    ...{ endpoints, currentTls, whyExpired, username, who, cluster, discovery, clock, closing },
  })
  const getter = createHttpGetter(currentTls)
  const sender = createV2Sender(currentTls, user)
  const calls = createKvCalls({ configured: endpoints, cluster, discovery, clock, closing })
  const metricsPage = createPageCall({ ...options, discovery, policy, getter, whyExpired, closing })
  return {
    view: discovery.view,
    isAuthOn: () => isAuthOn,
    diagnose: doctor.diagnose,
    ...createEtcdMaintenance({ cluster, discovery, clock, closing, calls, metricsPage }),
    ...createEtcdKeys({ calls, clock, discovery, user: who, log }),
    v2: createEtcdV2({ endpoints, sender, clock, closing }),
    renewTls(material) {
      if (!tls) return
      const { serverName, insecureSkipVerify } = tls
      tls = { ...material, serverName, insecureSkipVerify }
      expiry = createExpiryCheck(tls)
      cluster.renew()
    },
    async [Symbol.asyncDispose]() {
      closer.abort(new AppError('shutting_down', 'the connection to etcd is closed'))
      cluster.keep(new Set())
      getter[Symbol.dispose]()
      sender[Symbol.dispose]()
    },
  }
}
