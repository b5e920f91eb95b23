import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView } from '@etcdmonitor/core/etcd/cluster-view'
import { failRead } from '@etcdmonitor/core/etcd/fail-call'
import { toBase64 } from '@etcdmonitor/core/keys/base64'
import { compareBytes } from '@etcdmonitor/core/keys/bytes'
import type { KeyRange } from '@etcdmonitor/core/keys/key-entry'
import { compareEnds, intersect, mergeRanges } from '@etcdmonitor/core/keys/key-range'
import { showBytes, toText } from '@etcdmonitor/core/keys/show-key'
import type { KeyGrants } from '@etcdmonitor/core/ports/etcd-keys'
import { z } from '@hono/zod-openapi'
import { toExact } from './key-node.ts'

const Grant = z.object({
  from: z.string(),
  from_b64: z.string().optional(),
  to: z.string().openapi({ description: 'exclusive; "" = to the end' }),
  to_b64: z.string().optional(),
  read: z.boolean(),
  write: z.boolean(),
})

export const ConnectAnswer = z
  .object({
    version: z.string(),
    name: z.string().openapi({ description: 'of the leader; "" = unknown' }),
    size: z.int().openapi({ description: 'bytes of the database of the member that answered' }),
    size_str: z.string(),
    cluster_id: z.string(),
    member_id: z.string(),
    leader_id: z.string(),
    revision: z.int(),
    grants: z.array(Grant).nullable().openapi({
      description: 'null: everything, or it cannot be found out; else what our etcd user may do',
    }),
    etcd_user: z.string().nullable().openapi({
      description: 'whom these grants are of: without the root role, operations are refused; null: as grants',
    }),
  })
  .openapi('KeysConnection')

/** What a view says of the connection. @throws AppError why no member answers */
export function toConnectAnswer(
  view: ClusterView,
  grants: KeyGrants | undefined,
): z.output<typeof ConnectAnswer> {
  const member = view.members.find(({ status, failure }) => status && !failure)
  if (!member?.status) throw whyNobody(view)
  const { status } = member
  return {
    version: status.serverVersion,
    name: view.members.find(({ id }) => id === view.leaderId)?.name ?? '',
    size: status.dbSizeBytes,
    size_str: showSize(status.dbSizeBytes),
    cluster_id: view.clusterId ?? '',
    member_id: member.id,
    leader_id: view.leaderId ?? '',
    revision: toExact(status.revision),
    grants: grants ? toGrantAnswers(grants) : null,
    etcd_user: grants?.user ?? null,
  }
}

function whyNobody({ endpoints }: ClusterView): AppError {
  const failure = endpoints.find((endpoint) => endpoint.failure)?.failure
  if (!failure) return new AppError('etcd_unavailable', 'no endpoint has answered yet')
  const error = failRead(failure)
  const stages = endpoints.flatMap(({ url, failure: why }) => (why ? [{ url, stage: why.stage }] : []))
  return new AppError(error.code, error.message, {
    cause: error,
    details: { ...error.details, endpoints: stages },
  })
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const

/** Steps of 1024, two decimals. */
function showSize(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  return step === 0 ? `${bytes} B` : `${(bytes / 1_024 ** step).toFixed(2)} ${UNITS[step]}`
}

/** Pieces of the keyspace, each with what is allowed in the whole of it. */
function toGrantAnswers({ read, write }: KeyGrants): z.output<typeof Grant>[] {
  const starts = [...read, ...write].map(({ from }) => from)
  const ends = [...read, ...write].map(({ to }) => to)
  const cuts = [...starts, ...ends].toSorted(compareEnds)
  const pieces = mergeRanges([...read, ...write]).flatMap((whole) => cutAt(whole, cuts))
  return pieces.map((piece) => ({
    ...bound('from', piece.from),
    ...bound('to', piece.to),
    read: read.some((one) => intersect(one, piece)),
    write: write.some((one) => intersect(one, piece)),
  }))
}

function cutAt({ from, to }: KeyRange, cuts: readonly Uint8Array[]): readonly KeyRange[] {
  const inside = cuts.filter(
    (cut) => cut.length > 0 && compareBytes(cut, from) > 0 && compareEnds(cut, to) < 0,
  )
  const bounds = [
    from,
    ...inside.filter((cut, at) => at === 0 || compareBytes(cut, inside[at - 1] ?? cut) !== 0),
    to,
  ]
  return bounds.slice(0, -1).map((start, at) => ({ from: start, to: bounds[at + 1] ?? to }))
}

const bound = <Name extends 'from' | 'to'>(name: Name, bytes: Uint8Array) =>
  ({
    [name]: showBytes(bytes),
    ...(toText(bytes) === undefined && { [`${name}_b64`]: toBase64(bytes) }),
  }) as Record<Name, string> // the name was just written
