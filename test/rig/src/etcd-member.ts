import { setTimeout as sleep } from 'node:timers/promises'
import { type Child, type Exit, startChild } from './child.ts'
import { type ClientPem, httpCall } from './http-call.ts'

const HEALTH_LIMIT = 60_000
const HEALTH_INTERVAL = 50
const LOG_SHOWN = 2_000

/** PEM files. The rig shows `certFile` as its own client certificate too: it must be good for both sides. */
export interface EtcdTls {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
  /** Clients without a certificate of this CA are refused. */
  readonly clientCertAuth?: boolean
}

/** What one member process is started with, again after it ended. */
export interface MemberPlan {
  readonly binary: string
  readonly name: string
  readonly url: string
  readonly peerUrl: string
  readonly dataFolder: string
  /** `--initial-cluster` */
  readonly peers: string
  readonly token: string
  readonly flags: readonly string[]
  readonly tls: EtcdTls | undefined
  /** `--listen-metrics-urls` */
  readonly metricsUrl?: string | undefined
  /** `--listen-client-http-urls`: where `/health` is asked for then. */
  readonly httpUrl?: string | undefined
}

export interface EtcdMember {
  readonly name: string
  /** Client endpoint; also where `/metrics` and `/health` are, unless HTTP has a port of its own. */
  readonly url: string
  readonly peerUrl: string
  /** Of the process that runs, or ran last. */
  readonly pid: number
  /** Settles when that process ends. */
  readonly exited: Promise<Exit>
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGSTOP: connections are accepted and never answered. */
  hang(): void
  resume(): void
  /** SIGTERM; a leader first seeks a successor, up to 7 s. */
  stop(): Promise<void>
  /** Ends it if it runs, starts it on its data, under another name if one is given, and waits until it is healthy, which needs a quorum. */
  restart(name?: string): Promise<void>
  /** Waits until `/health` says so. @throws Error when the process ends, or after 60 s. */
  untilHealthy(): Promise<void>
  /** Of all its processes so far. */
  logs(): string
}

/** Starts the process of a member, and waits for nothing more: alone it cannot become healthy. */
export async function startMember(first: MemberPlan, client: ClientPem | undefined): Promise<EtcdMember> {
  let plan = first
  const start = () => startChild({ command: plan.binary, args: toFlags(plan), env: environment() })
  let before = ''
  let child = await start()
  const untilHealthy = () => waitUntilHealthy(plan, child, client)
  return {
    get name() {
      return plan.name
    },
    url: plan.url,
    peerUrl: plan.peerUrl,
    get pid() {
      return child.pid
    },
    get exited() {
      return child.exited
    },
    kill: async () => void (await child.kill()),
    hang: () => child.hang(),
    resume: () => child.resume(),
    stop: async () => void (await child.stop()),
    async restart(name = plan.name) {
      await child.kill()
      // etcd wants to find its name in the list, even one that it takes from its data
      const peers = plan.peers.replace(`${plan.name}=`, `${name}=`)
      plan = { ...plan, name, peers }
      before = `${before}${child.logs()}\n`
      child = await start()
      await untilHealthy()
    },
    untilHealthy,
    logs: () => before + child.logs(),
  }
}

/** etcd takes each ETCD_… variable for a flag, so ours are not handed on; 3.4 asks for one on arm64. */
function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { PATH, HOME, ...(process.arch === 'arm64' ? { ETCD_UNSUPPORTED_ARCH: 'arm64' } : {}) }
}

function toFlags(plan: MemberPlan): string[] {
  const { name, url, peerUrl, dataFolder, peers, token, tls, flags, metricsUrl, httpUrl } = plan
  const values = {
    name,
    'data-dir': dataFolder,
    'listen-client-urls': url,
    'advertise-client-urls': url,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': peers,
    'initial-cluster-token': token,
    logger: 'zap', // 3.4 has another default
    'log-outputs': 'stderr',
    ...(metricsUrl && { 'listen-metrics-urls': metricsUrl }),
    ...(httpUrl && { 'listen-client-http-urls': httpUrl }),
    ...(tls && { 'cert-file': tls.certFile, 'key-file': tls.keyFile }),
    // the CA by itself makes etcd ask for client certificates too
    ...(tls?.clientCertAuth && { 'client-cert-auth': 'true', 'trusted-ca-file': tls.caFile }),
  }
  return [...Object.entries(values).map(([flag, value]) => `--${flag}=${value}`), ...flags]
}

async function waitUntilHealthy(
  { name, url, httpUrl = url }: MemberPlan,
  child: Child,
  client: ClientPem | undefined,
): Promise<void> {
  let ended = false
  void child.exited.then(() => {
    ended = true
  })
  const deadline = performance.now() + HEALTH_LIMIT
  while (!(await isHealthy(httpUrl, client))) {
    const why = ended ? 'ended' : performance.now() > deadline ? `is not healthy in ${HEALTH_LIMIT} ms` : ''
    if (why) throw new Error(`etcd member ${name} ${why}; its log ends:\n${child.logs().slice(-LOG_SHOWN)}`)
    await sleep(HEALTH_INTERVAL)
  }
}

async function isHealthy(url: string, client: ClientPem | undefined): Promise<boolean> {
  try {
    const { status, body } = await httpCall({ url: `${url}/health`, client })
    return status === 200 && body.includes('"true"')
  } catch {
    return false // not listening yet, or busy electing
  }
}
