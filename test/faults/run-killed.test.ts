import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { describe, expect, it } from 'vitest'
import { openApiGroup } from '../setup/console/api-group.ts'
import type { Console } from '../setup/console/console.ts'
import { changesOf } from '../setup/etcd/changes-of.ts'
import { untilDefragmenting } from '../setup/etcd/defrag-spans.ts'
import { fillCluster } from '../setup/etcd/fill-cluster.ts'
import { eventually } from '../setup/eventually.ts'
import { countTakeOvers, readRun, untilRun } from '../setup/runs/followed-run.ts'

const MIB = 1_048_576
/** Large enough to be at it for a few hundred ms. */
const FILE = 90 * MIB
/** What is promised from the death of the executor to the word about it. */
const PROMISED = 60_000
const LIMIT = 300_000
const ALL = { member_ids: 'all', move_leader: false }

const server = etcdVersions().at(-1) ?? { version: 'none', missing: 'no version' }
const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
const startCluster = () => startEtcdCluster({ members: 3, ...('path' in server && { binary: server.path }) })

const refusal = ({ status, body }: Awaited<ReturnType<Console['post']>>) => [status, body.code]

describe.skipIf(isMissing)(`a run whose process is killed, etcd ${server.version}`, () => {
  it('RU2 holds the lock until the member answers again that the killed process was defragmenting', {
    timeout: LIMIT,
  }, async () => {
    await using cluster = await startCluster()
    await fillCluster(cluster.endpoints, FILE)
    await using group = openApiGroup({ endpoints: cluster.endpoints })
    const executor = await group.add()
    const second = await group.add()
    const third = await group.add()

    const begun = await executor.post('/api/ops/defragment?wait=0', ALL)
    expect(begun.status).toBe(202)
    const id = String(begun.body.run_id)
    const member = await untilDefragmenting(cluster.members)
    member.hang()
    const { name } = member
    const killedAt = performance.now()
    await executor.program.kill()

    const compact = () => second.post('/api/ops/compact', { retain_count: 1 })
    const refused = await compact()
    expect(refusal(refused)).toEqual([409, 'operation_in_progress'])
    expect(refused.body.run_id).toBe(id)
    const interrupted = await untilRun(third, id, ({ state }) => state === 'interrupted', PROMISED)
    const tookMs = performance.now() - killedAt
    expect(tookMs).toBeLessThan(PROMISED)
    expect(interrupted).toMatchObject({ finished_at: null, error: { code: 'process_gone' } })
    // it is not known yet what became of the member, so nothing else begins
    expect(refusal(await compact())).toEqual([409, 'operation_in_progress'])
    expect((await second.post('/api/ops/defragment?wait=0', ALL)).status).toBe(409)
    expect((await readRun(second, id)).finished_at).toBeNull()

    member.resume()
    const settled = await untilRun(second, id, ({ finished_at }) => finished_at !== null)
    expect(settled.state).toBe('interrupted')
    const steps = settled.steps.filter((step) => step.name === 'defragment')
    expect(steps.map(({ state }) => state)).toEqual(['succeeded', 'not_started', 'not_started'])
    expect(steps[0]?.message).toBe(`${name} was defragmented; its answer was lost.`)
    expect(countTakeOvers([second, third])).toBe(1)
    expect((await changesOf(cluster.endpoints)).defragmentations.toSorted()).toEqual([0, 0, 1])

    const again = await eventually('a second run begins', async () => {
      const answer = await second.post('/api/ops/defragment?wait=0', ALL)
      return answer.status === 202 && answer
    })
    const whole = await untilRun(third, String(again.body.run_id), (run) => run.finished_at !== null, 120_000)
    expect(whole.state).toBe('succeeded')
    expect((await changesOf(cluster.endpoints)).defragmentations.toSorted()).toEqual([1, 1, 2])
    process.stdout.write(
      `killed while ${name} was defragmented: interrupted after ${Math.round(tookMs)} ms\n`,
    )
  })
})
