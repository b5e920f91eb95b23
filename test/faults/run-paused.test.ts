import { setTimeout as sleep } from 'node:timers/promises'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApiGroup } from '../setup/console/api-group.ts'
import { QUICK_TAKE_OVER, shortWaits } from '../setup/console/short-waits.ts'
import { changesOf } from '../setup/etcd/changes-of.ts'
import { fillCluster } from '../setup/etcd/fill-cluster.ts'
import { isRunning, newestRun, readRun, untilRun } from '../setup/runs/followed-run.ts'
import { holdSteps, runningStep } from '../setup/runs/hold-steps.ts'

const MIB = 1_048_576
const IS_FULL = process.env.TEST_SUITE === 'full'
/** For so long the executor sleeps, beyond what it may send within; it is dead after 30 s, in the quick suite after 3 s. */
const PAUSE = IS_FULL ? 60_000 : 15_000
const WAITS = IS_FULL ? {} : { env: shortWaits(QUICK_TAKE_OVER) }
/** From its death to the word about it. */
const PROMISED = 60_000
const LIMIT = 300_000

const server = etcdVersions().at(-1) ?? { version: 'none', missing: 'no version' }
const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
const binary = 'path' in server ? { binary: server.path } : {}

// they wait for long: side by side
describe.skipIf(isMissing).concurrent(`runs whose process sleeps, etcd ${server.version}`, () => {
  needServer('postgres', () => {
    let postgres: Postgres
    beforeAll(async () => {
      postgres = await startPostgres()
    })
    afterAll(() => postgres[Symbol.asyncDispose]())

    async function openWorld(schema: string, members: number) {
      await using opening = new AsyncDisposableStack()
      const cluster = opening.use(await startEtcdCluster({ members, ...binary }))
      await fillCluster(cluster.endpoints, 2 * MIB)
      await postgres.query(`create schema ${schema}`)
      const group = opening.use(
        openApiGroup({ endpoints: cluster.endpoints, postgres: { server: postgres, schema }, ...WAITS }),
      )
      const executor = await group.add()
      const second = await group.add()
      const held = opening.move()
      return { cluster, executor, second, [Symbol.asyncDispose]: () => held.disposeAsync() }
    }

    it('RU3 begins nothing more of a run that was taken over while it slept between two members', {
      timeout: LIMIT,
    }, async () => {
      await using world = await openWorld('between', 3)
      const { cluster, executor, second } = world
      const begun = await executor.post('/api/ops/defragment?wait=0', { member_ids: 'all' })
      const id = String(begun.body.run_id)
      await untilRun(second, id, isRunning('settle'))
      executor.program.hang()
      const slept = sleep(PAUSE)
      const taken = await untilRun(second, id, ({ finished_at }) => finished_at !== null, PROMISED)
      expect(taken).toMatchObject({ state: 'interrupted', error: { code: 'process_gone' } })
      await slept
      executor.program.resume()
      await executor.program.waitForLine(({ json }) => json?.event === 'run_lost')
      expect(await readRun(second, id)).toEqual(taken)
      expect((await changesOf(cluster.endpoints)).defragmentations.toSorted()).toEqual([0, 0, 1])
    })

    it.each([
      { where: 'the commit of its step', schema: 'at_step', message: '"' },
      { where: 'the last word before the call', schema: 'at_call', message: '[^"]* is being defragmented' },
    ])(
      'RU3 sends nothing when it slept right after $where',
      { timeout: LIMIT },
      async ({ schema, message }) => {
        await using world = await openWorld(schema, 1)
        const { cluster, executor, second } = world
        const { members } = (await second.get('/api/members')).body as {
          readonly members: readonly { readonly id: string }[]
        }
        const before = await changesOf(cluster.endpoints)
        const hold = await holdSteps(postgres, schema)
        await hold.arm(runningStep('defragment', message))
        const asked = executor.post('/api/ops/defragment?wait=0', { member_id: members[0]?.id })
        await hold.untilHeld()
        executor.program.hang()
        await hold.release()
        const slept = sleep(PAUSE)
        const { id } = await newestRun(second)
        const taken = await untilRun(second, id, ({ finished_at }) => finished_at !== null, PROMISED)
        expect(taken.state).toBe('interrupted')
        expect(taken.steps).toMatchObject([
          { name: 'preflight', state: 'succeeded' },
          { name: 'defragment', state: 'failed', message: expect.stringContaining('not carried out') },
          { name: 'verify', state: 'not_started' },
        ])
        await slept
        executor.program.resume()
        await executor.program.waitForLine(({ json }) => json?.event === 'run_lost')
        await asked
        expect(await readRun(second, id)).toEqual(taken)
        expect(await changesOf(cluster.endpoints)).toEqual(before)
      },
    )
  })
})
