import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ApiGroup, openApiGroup } from '../setup/console/api-group.ts'
import type { Console } from '../setup/console/console.ts'
import { QUICK_TAKE_OVER, shortWaits } from '../setup/console/short-waits.ts'
import { changesOf } from '../setup/etcd/changes-of.ts'
import { etcdGateway } from '../setup/etcd/etcd-gateway.ts'
import { countTakeOvers, newestRun, untilRun } from '../setup/runs/followed-run.ts'
import { holdSteps, runningStep, type StepHold } from '../setup/runs/hold-steps.ts'

/** In turn by the kind of step: all of them five times in the full suite. */
const KILLS = process.env.TEST_SUITE === 'full' ? 50 : 5
const LIMIT = 300_000
const SCHEMA = 'killed'

interface Known {
  readonly id: string
  readonly is_leader: boolean
}

interface Stage {
  readonly api: Console
  readonly members: readonly Known[]
  readonly url: string
}

const alarm = ({ url, members: [one] }: Stage, action: 'ACTIVATE' | 'DEACTIVATE') =>
  httpCall({ url: `${url}/v3/maintenance/alarm`, json: { action, memberID: one?.id, alarm: 'NOSPACE' } })

const rollAll = ({ api }: Stage) => api.post('/api/ops/defragment', { member_ids: 'all', move_leader: false })
/** With one member the steps of a rolling run follow each other without the pauses between members. */
const moveAway = ({ api, members }: Stage) => {
  const ids = members.filter(({ is_leader }) => is_leader).map(({ id }) => id)
  return api.post('/api/ops/defragment', { member_ids: ids, move_leader: true })
}
const defragmentOne = ({ api, members: [one] }: Stage) =>
  api.post('/api/ops/defragment', { member_id: one?.id })

interface Kind {
  readonly act: (stage: Stage) => Promise<unknown>
  /** What its step is settled as: nothing of it was sent. */
  readonly settled: 'failed' | 'unknown'
}

const KINDS: Readonly<Record<string, Kind>> = {
  move_leader: { act: moveAway, settled: 'failed' },
  compact: { act: ({ api }) => api.post('/api/ops/compact', { retain_count: 1 }), settled: 'unknown' },
  disarm: {
    async act(stage) {
      const [one] = stage.members
      await alarm(stage, 'ACTIVATE')
      return stage.api.post('/api/ops/alarms/disarm', { member_id: one?.id, alarm_type: 'NOSPACE' })
    },
    settled: 'unknown',
  },
  stream: {
    act: ({ api, members: [one] }) => api.get(`/api/ops/snapshot?member_id=${one?.id}`),
    settled: 'failed',
  },
  defragment: { act: defragmentOne, settled: 'failed' },
  preflight: { act: rollAll, settled: 'failed' },
  gate: { act: rollAll, settled: 'failed' },
  settle: { act: moveAway, settled: 'failed' },
  verify: { act: defragmentOne, settled: 'failed' },
  hash: { act: ({ api }) => api.post('/api/ops/hashkv', {}), settled: 'failed' },
}

const server = etcdVersions().at(-1) ?? { version: 'none', missing: 'no version' }
const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts

describe.skipIf(isMissing)(`runs whose process is killed in turn, etcd ${server.version}`, () => {
  needServer('postgres', () => {
    let postgres: Postgres
    let cluster: EtcdCluster
    let group: ApiGroup
    let others: readonly [Console, Console]
    let hold: StepHold
    beforeAll(async () => {
      postgres = await startPostgres()
      cluster = await startEtcdCluster({ members: 3, ...('path' in server && { binary: server.path }) })
      await postgres.query(`create schema ${SCHEMA}`)
      group = openApiGroup({
        endpoints: cluster.endpoints,
        postgres: { server: postgres, schema: SCHEMA },
        env: shortWaits(QUICK_TAKE_OVER),
      })
      others = [await group.add(), await group.add()]
      hold = await holdSteps(postgres, SCHEMA)
    })
    afterAll(async () => {
      await group?.[Symbol.asyncDispose]()
      await cluster?.dispose()
      await postgres?.[Symbol.asyncDispose]()
    })

    const kills = Array.from({ length: KILLS }, (_, index) => {
      const kind = Object.keys(KINDS)[index % Object.keys(KINDS).length] ?? ''
      return { kind, count: index + 1 }
    })

    it.each(kills)(
      `RU2 kill $count of ${KILLS}, in its step $kind: taken over once, nothing more is sent, and the lock is freed`,
      { timeout: LIMIT },
      async ({ kind, count }) => {
        const { act, settled } = KINDS[kind] ?? { act: rollAll, settled: 'failed' }
        const [second, third] = others
        const url = cluster.endpoints[0] ?? ''
        await etcdGateway(url).put('/killed', String(count)) // there is history to be compacted
        const executor = await group.add()
        const { members } = (await executor.get('/api/members')).body as {
          readonly members: readonly Known[]
        }
        const stage = { api: executor, members, url }
        await hold.arm(runningStep(kind))
        const asked = act(stage).catch(() => undefined) // it is killed
        await hold.untilHeld()
        executor.program.hang() // what it committed it never hears of
        await hold.release()
        const before = await changesOf(cluster.endpoints)
        await executor.program.kill()
        await asked

        const { id } = await newestRun(second)
        const ended = await untilRun(third, id, ({ finished_at }) => finished_at !== null)
        expect(ended).toMatchObject({ state: 'interrupted', error: { code: 'process_gone' } })
        const [step] = ended.steps.filter(({ name, state }) => name === kind && state !== 'succeeded')
        expect(step).toMatchObject({ state: settled })
        expect(countTakeOvers(others)).toBe(count)
        expect(await changesOf(cluster.endpoints)).toEqual(before)
        if (kind === 'disarm') await alarm(stage, 'DEACTIVATE')
        expect(await second.post('/api/ops/compact', { retain_count: 1 })).toMatchObject({ status: 200 })
      },
    )
  })
})
