import { isIP, type Socket } from 'node:net'
import { AppError } from '@etcdmonitor/core/errors'
import { describeDiagnosis } from '@etcdmonitor/core/etcd/describe-diagnosis'
import type { DoctorFacts, DoctorStage, TlsFinding } from '@etcdmonitor/core/etcd/doctor-stage'
import type { EtcdFailure, EtcdStage } from '@etcdmonitor/core/etcd/failure'
import type { EtcdTopology } from '@etcdmonitor/core/ports/etcd-cluster'
import type { Clock } from '@etcdmonitor/core/time'
import type { Cluster } from '../cluster.ts'
import { parseUrl, type UrlParts } from '../connection/address-policy.ts'
import type { CallBudget } from '../connection/call-budget.ts'
import { callError, EtcdCallError } from '../connection/call-error.ts'
import type { CurrentTls } from '../connection/tls-material.ts'
import { startCall } from '../member-calls.ts'
import type { Discovery } from '../members/discovery.ts'
import { greet } from './greet.ts'
import { readOurs } from './our-certificate.ts'
import { lookUpAll, reachOne } from './reach-address.ts'

export interface DoctorOptions {
  readonly endpoints: readonly string[]
  readonly currentTls: CurrentTls
  /** Why our own certificate cannot be shown at this instant. */
  readonly whyExpired: (now: number) => string | undefined
  readonly username: string
  /** Whom etcd sees in us at this instant; `""`: nobody. */
  readonly who: () => string
  readonly cluster: Cluster
  readonly discovery: Pick<Discovery, 'probe'>
  readonly clock: Clock
  readonly closing: AbortSignal
}

/** In ms (etcd.md 15). */
const TOTAL = 15_000
const LIMITS = { dns: 2_000, tcp: 2_000, tls: 3_000, auth: 3_000, quorum: 5_000, ready: 0 } as const

interface Passed {
  readonly detail: string
  readonly tls?: TlsFinding
}

/** What one stage needs of those before. */
interface Walk {
  readonly url: string
  readonly parts: UrlParts
  addresses: readonly string[]
  /** Connected; the walk closes it at its end. */
  socket?: Socket
  tls?: TlsFinding
}

type Test = (walk: Walk, budget: CallBudget) => Promise<Passed>

export interface Doctor {
  readonly diagnose: EtcdTopology['diagnose']
  /** The stages of plain sockets alone: what fails there, with its sentence. Rejects with the reason of the budget's signal alone. */
  examine(url: string, budget: CallBudget): Promise<EtcdFailure | undefined>
}

/** Walks a configured endpoint through every stage, by plain sockets as far as they go, for those say exactly what is wrong. */
export function createDoctor(options: DoctorOptions): Doctor {
  const { endpoints, currentTls, whyExpired, username, who, cluster, discovery, clock } = options

  const reaching = ({ url }: Walk, budget: CallBudget, method: string) => ({
    ...{ clock, budget },
    context: { endpoint: url, method, sent: false },
  })

  const tests: Readonly<Record<EtcdStage, Test>> = {
    async dns(walk, budget) {
      walk.addresses = await lookUpAll(walk.parts.host, reaching(walk, budget, 'resolve'))
      const { host } = walk.parts
      return {
        detail:
          isIP(host) === 0 ? `${host} is ${shortList(walk.addresses)}` : 'an address needs no name server',
      }
    },
    async tcp(walk, budget) {
      const how = reaching(walk, budget, 'connect')
      const { address, socket } = await reachOne(walk.addresses, walk.parts, how)
      walk.socket = socket
      return { detail: `${address} at port ${walk.parts.port} takes connections` }
    },
    async tls(walk, budget) {
      const { url, parts } = walk
      const context = { endpoint: url, method: 'connect', sent: false }
      const expired = parts.isSecure ? whyExpired(clock.now()) : undefined
      if (expired !== undefined) throw callError('tls_expired', context, expired)
      const { socket } = walk
      if (!socket) throw callError('refused', context, 'not connected')
      const greeting = { parts, socket, tls: currentTls(), context, clock }
      const { failure, tls } = await greet(greeting, budget)
      if (tls) walk.tls = tls
      if (failure) throw failure
      return { detail: describeTls(tls, currentTls()?.insecureSkipVerify ?? false), ...(tls && { tls }) }
    },
    async auth({ url }, budget) {
      const { outcome } = await discovery.probe(url, budget)
      if ('status' in outcome) {
        const { memberId, serverVersion } = outcome.status
        return { detail: `member ${memberId} with etcd ${serverVersion} answers` }
      }
      if ('isProxy' in outcome) return { detail: 'a proxy, or not a full etcd: it answers for keys alone' }
      const { failure } = outcome
      if (failure.kind !== 'permission_denied') throw new EtcdCallError(failure)
      return { detail: describeDiagnosis(failure, toFacts()) }
    },
    async quorum({ url }, budget) {
      try {
        await cluster.ask(url, budget, (client) =>
          client.exec('KV' as never, 'range' as never, ONE_KEY as never),
        )
        return { detail: 'a read that needs a leader is answered' }
      } catch (error) {
        if (!(error instanceof EtcdCallError) || !PASSES.has(error.failure.kind)) throw error
        const isLearner = error.failure.kind === 'learner'
        return { detail: isLearner ? 'a learner answers no reads' : 'our etcd user may not read this key' }
      }
    },
    ready: async () => ({ detail: 'ready' }),
  }

  function toFacts(tls?: TlsFinding): DoctorFacts {
    const ours = currentTls()?.cert
    const name = who()
    return {
      ...(tls && { tls }),
      ...(name !== '' && { user: { name, from: username ? 'password' : 'certificate' } as const }),
      ...(ours && { ours: readOurs(ours) }),
    }
  }

  async function pass(stage: EtcdStage, walk: Walk, budget: CallBudget): Promise<DoctorStage> {
    const began = clock.monotonic()
    const took = () => Math.round(clock.monotonic() - began)
    try {
      const passed = await tests[stage](walk, budget.atMost(LIMITS[stage]))
      return { stage, ok: true, durationMs: took(), ...passed }
    } catch (error) {
      if (!(error instanceof EtcdCallError)) throw error
      const { failure } = error
      const tls = stage === 'tls' ? walk.tls : undefined
      const detail = describeDiagnosis(failure, toFacts(tls))
      return { stage, ok: false, durationMs: took(), detail, failure, ...(tls && { tls }) }
    }
  }

  async function walkThrough(
    names: readonly EtcdStage[],
    url: string,
    budget: CallBudget,
  ): Promise<readonly DoctorStage[]> {
    const walk: Walk = { url, parts: parseUrl(url), addresses: [] }
    const stages: DoctorStage[] = []
    try {
      for (const stage of names) {
        const passed = await pass(stage, walk, budget)
        budget.signal.throwIfAborted()
        stages.push(passed)
        if (!passed.ok) break
      }
      return stages
    } finally {
      walk.socket?.destroy()
    }
  }

  return {
    async diagnose(url, callOptions = {}) {
      if (!endpoints.includes(url))
        throw new AppError('not_found', `no endpoint ${JSON.stringify(url.slice(0, 100))} is configured`)
      return walkThrough(STAGES, url, startCall(options, callOptions, TOTAL))
    },
    async examine(url, budget) {
      const last = (await walkThrough(OF_SOCKETS, url, budget)).at(-1)
      return last?.failure && { ...last.failure, stage: last.stage, sentence: last.detail }
    },
  }
}

const OF_SOCKETS = ['dns', 'tcp', 'tls'] as const satisfies readonly EtcdStage[]
const STAGES = [...OF_SOCKETS, 'auth', 'quorum', 'ready'] as const satisfies readonly EtcdStage[]
const ONE_KEY = { key: Uint8Array.of(0), count_only: true }
/** Such an answer shows as well that the cluster works. */
const PASSES: ReadonlySet<string> = new Set(['permission_denied', 'learner'])
const MAX_SHOWN = 3

const shortList = (texts: readonly string[]): string =>
  texts.length > MAX_SHOWN
    ? `${texts.slice(0, MAX_SHOWN).join(', ')} and ${texts.length - MAX_SHOWN} more`
    : texts.join(', ')

function describeTls(tls: TlsFinding | undefined, isUnverified: boolean): string {
  if (!tls) return 'plain text, as http:// says'
  const until = `valid until ${new Date(tls.expiresAt).toISOString()}`
  const unverified = isUnverified ? '; it is not verified, since etcd.tls_insecure_skip_verify is set' : ''
  return `${tls.protocol}, a certificate of ${tls.issuer}, ${until}${unverified}`
}
