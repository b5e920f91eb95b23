import type { DatabaseSync } from 'node:sqlite'
import type { MemberRef, StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import type { StoredMemberRow } from '../metrics-series.ts'
import { type Pruned, toHorizon } from './metrics-horizon.ts'

/** What every answer rests on beside samples, of one state of the file. */
export interface StoreFacts {
  /** Changes with what the file holds beside new ticks. */
  readonly storeId: string
  /** Newest first. */
  readonly members: readonly StoredMember[]
  readonly horizon: ReturnType<typeof toHorizon>
  readonly pruned: Pruned
  readonly seriesRevision: string
  /** Undefined: nothing is known of it. */
  find(member: MemberRef): { readonly row: StoredMemberRow; readonly newestAt: number } | undefined
}

export interface StoreFactsDeps {
  readonly db: DatabaseSync
  readonly transact: <T>(work: () => T) => T
  readonly storeId: () => string
  readonly rows: () => readonly StoredMemberRow[]
  readonly newest: (memberRow: number) => { readonly newestAt: number; readonly newestOkAt: number }
  readonly pruned: () => Pruned
  readonly seriesRevision: () => string
}

/** Gives a function that reads the facts, outside of transactions, unless nobody has written since: each request asks for them three times. */
export function openStoreFacts(deps: StoreFactsDeps): () => StoreFacts {
  const version = deps.db.prepare('PRAGMA data_version')
  let kept: { readonly version: number; readonly facts: StoreFacts } | undefined
  return () => {
    const now = Number(version.get()?.data_version)
    // What is written behind this look gives the next look another version.
    if (kept?.version !== now) kept = { version: now, facts: deps.transact(() => readFacts(deps)) }
    return kept.facts
  }
}

function readFacts({
  storeId,
  rows,
  newest,
  pruned: readPruned,
  seriesRevision,
}: StoreFactsDeps): StoreFacts {
  const pruned = readPruned()
  const known = rows().map((row) => ({ row, ...newest(row.id) }))
  const byName = new Map(known.map((one) => [nameOf(one.row), one]))
  return {
    storeId: storeId(),
    members: known
      .map(({ row: { clusterId, memberId, info, firstAt }, newestAt, newestOkAt }) => ({
        member: { clusterId, memberId },
        ...(info && { info }),
        firstAt,
        newestAt,
        newestOkAt,
      }))
      .sort((a, b) => b.newestAt - a.newestAt),
    pruned,
    seriesRevision: seriesRevision(),
    horizon: toHorizon(
      pruned,
      known.map(({ row }) => row),
    ),
    find: (member) => byName.get(nameOf(member)),
  }
}

const nameOf = ({ clusterId, memberId }: MemberRef): string => `${clusterId} ${memberId}`
