import { type Accessor, createMemo } from 'solid-js'
import { useCluster } from '../shell/cluster-state.ts'
import { createDayQuery } from './day-query.ts'
import { type UnbrokenRun, unbrokenRun } from './unbroken-run.ts'

const LEADS = 'etcd_server_is_leader'

/** How long the member that leads now has led; undefined: none leads, or not known (ui.md 5). */
export function createLeading(): Accessor<UnbrokenRun | undefined> {
  const cluster = useCluster()
  const leader = createMemo(() => cluster.status()?.members.find(({ is_leader }) => is_leader)?.id)
  const day = createDayQuery(leader, [LEADS])
  return createMemo(() => {
    const data = day()
    const led = data?.members.get(leader() ?? '')?.series.get(LEADS)
    return data && led ? unbrokenRun(data.times, led, data.at) : undefined
  })
}
