import type { DataReset } from '@etcdmonitor/core/etcd/data-reset'
import type { MemberInfo, MemberRef, StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import {
  CLUSTER_TAG,
  decodeText,
  INFO_FIELDS,
  MARK_FIELD,
  MEMBER_TAG,
  PAGE_AT_FIELD,
} from '../influx-schema.ts'
import type { OpenTable } from './flux-answer.ts'
import type { FluxCall } from './flux-requests.ts'
import type { Pipelines } from './flux-text.ts'

/** A clock of another machine may be ahead. */
const AHEAD = 86_400_000

/** Unix ms by `memberKey`. */
export type Instants = ReadonlyMap<string, number>

export const memberKey = ({ clusterId, memberId }: MemberRef): string => `${clusterId} ${memberId}`

export interface MembersAsk {
  readonly call: FluxCall
  readonly pipelines: Pipelines
  readonly now: number
  /** From when on the store may hold something. */
  readonly oldest: number
  /** Absent: all that are in the bucket. */
  readonly clusterId?: string | undefined
}

/** First tick of each member. */
export async function readFirsts({ call, pipelines, ...ask }: MembersAsk): Promise<Instants> {
  const firsts = new Map<string, number>()
  await call.ask([pipelines.ofMembers('first', MARK_FIELD, 'first', rangeOf(ask))], takeInstants(firsts))
  return firsts
}

const rangeOf = ({ now, oldest, clusterId }: Pick<MembersAsk, 'now' | 'oldest' | 'clusterId'>) => ({
  clusterId,
  from: oldest,
  to: now + AHEAD,
})

/** Members with history or a description, newest first. */
export async function readMembers(
  { call, pipelines, ...ask }: MembersAsk,
  firsts: Instants,
): Promise<readonly StoredMember[]> {
  const newest = new Map<string, number>()
  const newestOk = new Map<string, number>()
  const texts = new Map<string, Map<string, string>>()
  const range = rangeOf(ask)
  const opens: Readonly<Record<string, OpenTable>> = {
    newest: takeInstants(newest),
    ok: takeInstants(newestOk),
    infos: takeTexts(texts),
  }
  await call.ask(
    [
      pipelines.ofMembers('newest', MARK_FIELD, 'last', range),
      pipelines.ofMembers('ok', PAGE_AT_FIELD, 'last', range),
      pipelines.infos('infos', range),
    ],
    (table) => opens[table.result]?.(table),
  )
  return [...new Set([...newest.keys(), ...texts.keys()])]
    .map((key): StoredMember => {
      const [clusterId = '', memberId = ''] = key.split(' ')
      const text = texts.get(key)
      return {
        member: { clusterId, memberId },
        ...(text && { info: toInfo(memberId, text) }),
        firstAt: firsts.get(key) ?? newest.get(key) ?? 0,
        newestAt: newest.get(key) ?? 0,
        newestOkAt: newestOk.get(key) ?? 0,
      }
    })
    .sort((a, b) => b.newestAt - a.newestAt)
}

/** `clusterId`: where all rows are of one cluster. */
const keyIn = (cell: (column: string) => string | undefined, clusterId = cell(CLUSTER_TAG) ?? ''): string =>
  memberKey({ clusterId, memberId: cell(MEMBER_TAG) ?? '' })

const takeInstants =
  (into: Map<string, number>, clusterId?: string): OpenTable =>
  ({ cell }) => {
    const key = keyIn(cell, clusterId)
    return (at) => into.set(key, at)
  }

const takeTexts =
  (into: Map<string, Map<string, string>>): OpenTable =>
  ({ cell }) => {
    const key = keyIn(cell)
    const texts = into.get(key) ?? new Map<string, string>()
    into.set(key, texts)
    const field = cell('_field') ?? ''
    return (_, text) => texts.set(field, decodeText(text))
  }

function toInfo(memberId: string, texts: ReadonlyMap<string, string>): MemberInfo {
  const text = (name: keyof typeof INFO_FIELDS) => texts.get(INFO_FIELDS[name]) ?? ''
  const dataReset = parseReset(text('dataReset'))
  return {
    memberId,
    name: text('name'),
    serverVersion: text('serverVersion'),
    clusterVersion: text('clusterVersion'),
    goVersion: text('goVersion'),
    scrapeError: text('scrapeError'),
    ...(dataReset && { dataReset }),
  }
}

/** Undefined: there is none, or another program wrote it. */
function parseReset(text: string): DataReset | undefined {
  if (text === '') return undefined
  try {
    const { at, before, after }: Partial<Record<keyof DataReset, unknown>> = JSON.parse(text) ?? {}
    if (typeof at !== 'number' || typeof before !== 'string' || typeof after !== 'string') return undefined
    return { at, before, after }
  } catch {
    return undefined
  }
}

/** Newest tick of each of `members`, which are of one cluster; those without one are left out. */
export async function readNewest(
  { call, pipelines, now, oldest }: MembersAsk,
  members: readonly MemberRef[],
): Promise<Instants> {
  const newest = new Map<string, number>()
  const ask = async (some: readonly MemberRef[], from: number) => {
    const [first] = some
    if (!first) return
    const memberIds = some.map(({ memberId }) => memberId)
    const rows = { clusterId: first.clusterId, memberIds, fields: [MARK_FIELD], from, to: now + AHEAD }
    await call.ask([pipelines.newest('newest', rows)], takeInstants(newest, first.clusterId))
  }
  await ask(members, now - RECENT)
  await ask(
    members.filter((member) => !newest.has(memberKey(member))),
    oldest,
  )
  return newest
}

const RECENT = 3_600_000
