import type { DataPosition, DataReset } from '@etcdmonitor/core/etcd/data-reset'
import type { MemberInfo } from '@etcdmonitor/core/ports/metrics-store'

export type KnownMember = Omit<MemberInfo, 'scrapeError' | 'dataReset'>

/** What the collector remembers of a cluster, so that it misses the members that are down when it starts (metrics.md 2.1). */
export interface KnownCluster {
  readonly clusterId: string
  readonly members: readonly KnownMember[]
  /** The highest that its members answered; absent when none did. */
  readonly data?: DataPosition
  /** The newest that was seen. */
  readonly reset?: DataReset
  /** The newest ticks of a member were held: the time since its newest stored one is not known to the next run. */
  readonly isHolding?: boolean
}

const MAX_MEMBERS = 64
const ID = /^[1-9]\d{0,19}$/
const POSITION = /^(?:0|[1-9]\d{0,19})$/
/** Of a Date, Unix ms. */
const LAST_INSTANT = 8_640_000_000_000_000
const TEXTS = ['name', 'serverVersion', 'clusterVersion', 'goVersion'] as const

export const encodeKnownCluster = ({
  clusterId,
  members,
  data,
  reset,
  isHolding = false,
}: KnownCluster): string =>
  JSON.stringify({
    clusterId,
    ...(isHolding && { isHolding }),
    ...(data && { data: { revision: data.revision, raftIndex: data.raftIndex } }),
    ...(reset && { reset: { at: reset.at, before: reset.before, after: reset.after } }),
    members: members.slice(0, MAX_MEMBERS).map((member) => ({
      memberId: member.memberId,
      name: member.name,
      serverVersion: member.serverVersion,
      clusterVersion: member.clusterVersion,
      goVersion: member.goVersion,
    })),
  })

/** Undefined for a text that this version did not write. */
export function decodeKnownCluster(text: string): KnownCluster | undefined {
  const root = toRecord(parseJson(text))
  const clusterId = root?.clusterId
  if (!isId(clusterId) || !Array.isArray(root?.members)) return undefined
  const members: readonly unknown[] = root.members
  const data = toPosition(root.data)
  const reset = toReset(root.reset)
  return {
    clusterId,
    ...(root.isHolding === true && { isHolding: true }),
    ...(data && { data }),
    ...(reset && { reset }),
    members: members.slice(0, MAX_MEMBERS).flatMap((member) => toKnownMember(member) ?? []),
  }
}

function toKnownMember(value: unknown): KnownMember | undefined {
  const record = toRecord(value)
  const memberId = record?.memberId
  if (!record || !isId(memberId)) return undefined
  const [name = '', serverVersion = '', clusterVersion = '', goVersion = ''] = TEXTS.map((key) =>
    typeof record[key] === 'string' ? record[key] : '',
  )
  return { memberId, name, serverVersion, clusterVersion, goVersion }
}

function toPosition(value: unknown): DataPosition | undefined {
  const { revision, raftIndex } = toRecord(value) ?? {}
  return isPosition(revision) && isPosition(raftIndex) ? { revision, raftIndex } : undefined
}

function toReset(value: unknown): DataReset | undefined {
  const { at, before, after } = toRecord(value) ?? {}
  return isInstant(at) && isPosition(before) && isPosition(after) ? { at, before, after } : undefined
}

const isInstant = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value <= LAST_INSTANT

const isPosition = (value: unknown): value is string => typeof value === 'string' && POSITION.test(value)

const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value)

const toRecord = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null ? { ...value } : undefined

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
