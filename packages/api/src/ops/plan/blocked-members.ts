import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import type { Run, Step } from '@etcdmonitor/core/ports/run-store'
import type { ApiDeps } from '../../deps.ts'

/** A member needs so long until its probes tell that it is back. */
const AFTERWARDS = 30_000
const LOOKED_AT = 3

/**
 * Members of the cluster that a defragmentation of ours blocks now, or did until just now, with a sentence about it (operations.md 16);
 * none while the store does not answer.
 */
export async function readBlocked(
  state: Pick<ApiDeps['state'], 'runs' | 'now'>,
  clusterId: string,
): Promise<ReadonlyMap<MemberId, string>> {
  try {
    const runs = await state.runs.list({ limit: LOOKED_AT, operation: 'defragment' })
    const own = runs.filter((run) => run.clusterId === clusterId)
    if (own.length === 0) return new Map()
    const now = await state.now()
    return new Map(
      own.flatMap((run) =>
        run.steps.filter((step) => isBlocking(run, step, now)).map((step) => say(run, step)),
      ),
    )
  } catch (error) {
    if (error instanceof AppError) return new Map()
    throw error
  }
}

/** A step that still runs when all is over was left so by an error of ours: it says nothing of the member. */
const isBlocking = (run: Run, { name, state, finishedAt = 0 }: Step, now: number): boolean =>
  name === 'defragment' &&
  (state === 'running' ? run.finishedAt === undefined : now - finishedAt < AFTERWARDS)

const say = ({ id, username }: Run, { memberId, memberName, state }: Step): [MemberId, string] => {
  const name = nameOf({ id: memberId, name: memberName })
  const what = state === 'running' ? 'is being defragmented' : 'was defragmented just now'
  return [memberId, `${name} ${what} (run ${id} of ${username})`]
}
