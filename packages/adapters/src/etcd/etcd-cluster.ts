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
import { createExpiryCheck, type TlsSettings } from './connection/tls-material.ts'
import { createEtcdKeys } from './kv/etcd-keys.ts'
import { createMember } from './member.ts'
import { createMemberCalls } from './member-calls.ts'
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

/** One etcd cluster. Connects to nothing until it is asked something. */
export function openEtcdCluster(options: EtcdClientOptions): EtcdCluster & { readonly v2: EtcdV2 } {
  const { endpoints, username, password, clock, log, interval } = options
  const closer = new AbortController()
  const closing = closer.signal
  // an https endpoint is never spoken to in plain text, whatever was forgotten
  const tls = endpoints[0]?.startsWith('https:') ? (options.tls ?? VERIFYING) : options.tls
  const whyExpired = createExpiryCheck(tls ?? {})
  const policy = createAddressPolicy(endpoints, options.memberAllowCidrs)
  const resolve = createResolver({ endpoints, policy, whyExpired, clock })
  const user = username !== '' && password ? { name: username, password } : undefined
  const schema = loadSchema()
  const cluster = createCluster({
    clock,
    makeMember: (url) =>
      createMember({
        url,
        user,
        clock,
        closing,
        resolve: (budget, current) => resolve(url, budget, current),
        open: (target) =>
          openChannel({ schema, target, clock, tls: url.startsWith('https:') ? tls : undefined }),
      }),
  })
  const discovery = createDiscovery({ configured: endpoints, cluster, interval, clock, log, closing })
  const getter = createHttpGetter(tls)
  const sender = createV2Sender(tls, user)
  return {
    view: discovery.view,
    ...createMemberCalls({ cluster, discovery, clock, closing }),
    ...createEtcdKeys({
      ...{ configured: endpoints, cluster, discovery, clock, closing },
      ...{ username, cert: tls?.cert, log },
    }),
    metricsPage: createPageCall({ ...options, discovery, policy, getter, whyExpired, closing }),
    v2: createEtcdV2({ endpoints, sender, clock, closing }),
    async [Symbol.asyncDispose]() {
      closer.abort(new AppError('shutting_down', 'the connection to etcd is closed'))
      cluster.keep(new Set())
      getter[Symbol.dispose]()
      sender[Symbol.dispose]()
    },
  }
}
