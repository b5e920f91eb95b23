import type { MemberInfo } from '@etcdmonitor/core/ports/metrics-store'

export type KnownMember = Omit<MemberInfo, 'scrapeError'>

/** What the collector remembers of a cluster, so that it misses the members that are down when it starts (metrics.md 2.1). */
export interface KnownCluster {
  readonly clusterId: string
  readonly members: readonly KnownMember[]
}

const MAX_MEMBERS = 64
const ID = /^[1-9]\d{0,19}$/
const TEXTS = ['name', 'serverVersion', 'clusterVersion', 'goVersion'] as const

export const encodeKnownCluster = ({ clusterId, members }: KnownCluster): string =>
  JSON.stringify({
    clusterId,
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
  return {
    clusterId,
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
