import { formatAge } from '@etcdmonitor/core/format/format-age'
import { formatId } from '@etcdmonitor/core/format/format-id'
import { formatInstant, type Reader } from '@etcdmonitor/core/format/format-time'
import type { DebugAnswer, StatusAnswer } from '../../api/answers.ts'
import { texts } from './texts.ts'

/** A name and what is known of it, in their order. */
export type Facts = readonly (readonly [name: string, value: string])[]

export interface AboutFacts {
  /** Undefined, and why. */
  readonly status: StatusAnswer | undefined
  readonly noStatus: string
  readonly debug: DebugAnswer | undefined
  readonly noDebug: string
  readonly readiness: string
}

export function consoleFacts(facts: AboutFacts, reader: Reader): Facts {
  const { status, debug } = facts
  const started = debug && debug.app.started_at * 1_000
  const cycle = status?.collector.last_cycle_at
  const collected = typeof cycle === 'number' && texts.collectedAgo(ageOf(cycle, reader.now))
  return [
    [texts.version, status?.app_version ?? debug?.app.version ?? texts.notKnown(facts.noStatus)],
    [texts.node, debug?.app.node ?? texts.notKnown(facts.noDebug)],
    [
      texts.started,
      started === undefined
        ? texts.notKnown(facts.noDebug)
        : texts.startedAt(
            formatInstant(started, reader),
            formatAge((debug?.app.uptime_seconds ?? 0) * 1_000),
          ),
    ],
    [texts.readiness, facts.readiness],
    [texts.collector, status ? collected || texts.collectedNever : texts.notKnown(facts.noStatus)],
  ]
}

export function clusterFacts({ status, noStatus }: AboutFacts): Facts {
  const of = (say: (known: StatusAnswer) => string) => (status ? say(status) : texts.notKnown(noStatus))
  const versions = new Set(status?.members.map(({ version }) => version).filter(Boolean))
  return [
    [texts.clusterId, of(({ cluster_id: id }) => (id ? formatId(id) : texts.notKnown(texts.noMember)))],
    [texts.etcd, of(() => [...versions].sort().join(', ') || texts.notKnown(texts.noMember))],
    [texts.interval, of(({ collect_interval }) => formatAge(collect_interval * 1_000))],
    [texts.retention, of(({ retention_days }) => texts.days(retention_days))],
  ]
}

export function storeFacts({ status, debug, noDebug, noStatus }: AboutFacts): Facts {
  const store = (name: 'metrics' | 'state') => {
    const driver = debug?.stores[name].driver
    const state = status?.storage[name] ?? debug?.stores[name].status
    return [
      driver === undefined ? texts.notKnown(noDebug) : (texts.drivers[driver] ?? driver),
      state === undefined ? texts.notKnown(noStatus) : texts.states[state],
    ].join(', ')
  }
  return [
    [texts.metricsStore, store('metrics')],
    [texts.stateStore, store('state')],
  ]
}

/** Whole seconds on the wire. */
const ageOf = (seconds: number, now: number): string => formatAge(Math.max(1_000, now - seconds * 1_000))
