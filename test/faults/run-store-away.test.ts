import { setTimeout as sleep } from 'node:timers/promises'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { type FaultProxy, startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { type Postgres, startPostgres } from '@etcdmonitor/rig/postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openApiGroup } from '../setup/console/api-group.ts'
import type { Console } from '../setup/console/console.ts'
import { defragSpans, untilDefragmenting } from '../setup/etcd/defrag-spans.ts'
import { fillCluster } from '../setup/etcd/fill-cluster.ts'
import { countTakeOvers, isRunning, untilRun } from '../setup/runs/followed-run.ts'

const IS_FULL = process.env.TEST_SUITE === 'full'
const MIB = 1_048_576
const LIMIT = 400_000

const server = etcdVersions().at(-1) ?? { version: 'none', missing: 'no version' }
const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
const binary = 'path' in server ? { binary: server.path } : {}

// each waits for heartbeats that are minutes apart
describe.skipIf(isMissing || !IS_FULL)(`a rolling run whose store is away, etcd ${server.version}`, () => {
  needServer('postgres', () => {
    let postgres: Postgres
    beforeAll(async () => {
      postgres = await startPostgres()
    })
    afterAll(() => postgres[Symbol.asyncDispose]())

    /** Two API processes, each with a way of its own to the store. */
    async function openWorld(schema: string, bytes: number) {
      await using opening = new AsyncDisposableStack()
      const cluster = opening.use(await startEtcdCluster({ members: 3, ...binary }))
      await fillCluster(cluster.endpoints, bytes)
      await postgres.query(`create schema ${schema}`)
      const ways = [
        opening.use(await startFaultProxy(postgres.url)),
        opening.use(await startFaultProxy(postgres.url)),
      ]
      const group = opening.use(
        openApiGroup({ endpoints: cluster.endpoints, postgres: { server: postgres, schema } }),
      )
      const executor = await group.add(ways[0])
      const second = await group.add(ways[1])
      const held = opening.move()
      return { cluster, executor, second, ways, [Symbol.asyncDispose]: () => held.disposeAsync() }
    }

    const roll = async (executor: Console) =>
      String((await executor.post('/api/ops/defragment?wait=0', { member_ids: 'all' })).body.run_id)

    /** When it was, Unix ms. */
    async function cut(ways: readonly FaultProxy[], ms: number) {
      const from = Date.now()
      for (const way of ways) await way.set({ mode: 'stall' })
      await sleep(ms)
      for (const way of ways) await way.set({ mode: 'pass' })
      return { from, to: Date.now() }
    }

    it.each([
      { whose: 'the executor', schema: 'away_one', count: 1, ms: 25_000 },
      { whose: 'all', schema: 'away_all', count: 2, ms: 60_000 },
    ])(
      'RU4 begins no member while the store is cut from $whose for $ms ms, and goes on',
      {
        timeout: LIMIT,
      },
      async ({ schema, count, ms }) => {
        await using world = await openWorld(schema, 2 * MIB)
        const { cluster, executor, second, ways } = world
        const id = await roll(executor)
        await untilRun(second, id, isRunning('settle'))
        const { from, to } = await cut(ways.slice(0, count), ms)
        const run = await untilRun(second, id, ({ finished_at }) => finished_at !== null, 180_000)
        expect(run.state).toBe('succeeded')
        expect(countTakeOvers([executor, second])).toBe(0)
        const spans = defragSpans(cluster.members)
        expect(spans).toHaveLength(3)
        expect(spans.filter((span) => span.to > from && span.from < to)).toEqual([])
      },
    )

    it('RU4 is taken over when the store is cut from its executor for 60 s, whose late word is kept', {
      timeout: LIMIT,
    }, async () => {
      await using world = await openWorld('away_late', 90 * MIB)
      const { cluster, executor, second, ways } = world
      const id = await roll(executor)
      const member = await untilDefragmenting(cluster.members)
      member.hang()
      const { name } = member
      const wasCut = cut(ways.slice(0, 1), 60_000)
      await sleep(1_000) // what was on its way is lost
      member.resume()
      const taken = await untilRun(second, id, ({ finished_at }) => finished_at !== null)
      await wasCut
      expect(taken.state).toBe('interrupted')
      expect(taken.steps.filter((step) => step.name === 'defragment')).toMatchObject([
        { member_name: name, state: 'succeeded' },
        { state: 'not_started' },
        { state: 'not_started' },
      ])
      await executor.program.waitForLine(({ json }) => json?.event === 'run_lost')
      const { body } = await second.get('/api/ops/audit-logs?operation=defragment')
      const entries = body.entries as readonly { readonly target: string; readonly result: string }[]
      expect(entries.find(({ target }) => target === name)?.result).toMatch(/^ok /)
      expect(countTakeOvers([second])).toBe(1)
      expect(defragSpans(cluster.members)).toHaveLength(1)
    })
  })
})
