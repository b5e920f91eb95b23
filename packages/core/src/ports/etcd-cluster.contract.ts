import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import { failureIn } from '../etcd/fail-call.ts'
import type { EtcdCluster } from './etcd-cluster.ts'

/** A healthy cluster of three voters behind three configured endpoints, one each; members are counted in configured order. */
export interface EtcdWorld extends AsyncDisposable {
  /** Another client of that cluster, which has asked nothing yet. Disposed of by the caller. */
  open(): EtcdCluster
  /** Connections to this member are refused; its data stays. */
  stop(index: number): Promise<void>
  /** Back to normal, after `stop` and `hang`; resolves when the cluster is healthy. */
  start(index: number): Promise<void>
  /** Its connections stay, and nothing is answered any more when this resolves. */
  hang(index: number): Promise<void>
}

const fresh = { maxAge: 0, wait: 10_000, listMaxAge: 0 } as const
/** What is known, without asking anybody. */
const known = { maxAge: 3_600_000, listMaxAge: 3_600_000 } as const

/** What every EtcdCluster must do. Run it from each adapter's own test file. */
export function etcdClusterContract(adapter: string, openWorld: () => Promise<EtcdWorld>): void {
  describe(`EtcdCluster contract: ${adapter}`, () => {
    let world: EtcdWorld
    beforeAll(async () => {
      world = await openWorld()
    })
    afterAll(() => world[Symbol.asyncDispose]())

    it('shows members sorted by name, the endpoint of each, and the leader', async () => {
      await using cluster = world.open()
      const view = await cluster.view(fresh)
      expect(view.members).toHaveLength(3)
      expect(view.members.map(({ name }) => name)).toEqual(view.members.map(({ name }) => name).toSorted())
      expect(view.members.map(({ configuredIndex }) => configuredIndex).toSorted()).toEqual([0, 1, 2])
      for (const { id, endpoint, configuredIndex, status, failure, probedAt } of view.members) {
        expect(id).toMatch(/^[1-9]\d{0,19}$/)
        expect(endpoint).toBe(view.endpoints[configuredIndex]?.url)
        expect(status).toMatchObject({ memberId: id, clusterId: view.clusterId, leaderId: view.leaderId })
        expect(failure).toBeUndefined()
        expect(probedAt).toBeGreaterThan(0)
      }
      expect(view.members.map(({ id }) => id)).toContain(view.leaderId)
      expect(view.stale).toBe(false)
      expect(view.listedAt).toBeGreaterThan(0)
    })

    it('shows every configured endpoint with the member that answers there', async () => {
      await using cluster = world.open()
      const { endpoints, members } = await cluster.view(fresh)
      expect(endpoints).toHaveLength(3)
      for (const { url, role, memberId, failure, checkedAt, latencyMs } of endpoints) {
        expect({ role, failure }).toEqual({ role: 'member', failure: undefined })
        expect(Number.isInteger(latencyMs)).toBe(true)
        expect(members.find(({ endpoint }) => endpoint === url)?.id).toBe(memberId)
        expect(checkedAt).toBeGreaterThan(0)
      }
    })

    it('answers from memory while the view is fresh, and shares one refresh between callers', async () => {
      await using cluster = world.open()
      const [first, second] = await Promise.all([cluster.view(fresh), cluster.view(fresh)])
      expect(second).toEqual(first)
      expect(await cluster.view(known)).toEqual(first)
    })

    it('gives the status of the member that was asked, and enters it into the view', async () => {
      await using cluster = world.open()
      const { members, clusterId } = await cluster.view(fresh)
      for (const { id } of members) {
        const status = await cluster.status(id)
        expect(status).toMatchObject({ memberId: id, clusterId, isLearner: false, errors: [], alarms: [] })
        expect(status.serverVersion).toMatch(/^\d+\.\d+\.\d+/)
        const seen = await cluster.view(known)
        expect(seen.members.find((member) => member.id === id)?.status).toEqual(status)
      }
    })

    it('gives the whole metrics page and the number of leases', async () => {
      await using cluster = world.open()
      const { members } = await cluster.view(fresh)
      const id = members[0]?.id ?? ''
      const page = await cluster.metricsPage(id)
      const text = page instanceof Uint8Array ? new TextDecoder().decode(page) : ''
      expect(text).toMatch(/^etcd_server_has_leader 1$/m)
      expect(text.endsWith('\n')).toBe(true)
      expect(await cluster.leaseCount(id)).toBeGreaterThanOrEqual(0)
    })

    it('rejects for a member that is not in the list, but for its page', async () => {
      await using cluster = world.open()
      await cluster.view(fresh)
      await expect(cluster.status('1')).rejects.toMatchObject({ code: 'member_not_found' })
      await expect(cluster.leaseCount('1')).rejects.toMatchObject({ code: 'member_not_found' })
      expect(await cluster.metricsPage('1')).toMatchObject({ reason: 'refused' })
    })

    it('knows no member before a view was asked for', async () => {
      await using other = world.open()
      const id = (await other.view(fresh)).members[0]?.id ?? ''
      await using cluster = world.open()
      await expect(cluster.status(id)).rejects.toMatchObject({ code: 'member_not_found' })
      await expect(cluster.leaseCount(id)).rejects.toMatchObject({ code: 'member_not_found' })
      expect(await cluster.metricsPage(id)).toEqual({ reason: 'refused', detail: 'not in the member list' })
    })

    it('rejects with the reason of an abort, which is no failure of the member', async () => {
      await using cluster = world.open()
      const before = await cluster.view(fresh)
      const id = before.members[0]?.id ?? ''
      const reason = new Error('left')
      const signal = AbortSignal.abort(reason)
      for (const member of [id, '1']) {
        await expect(cluster.status(member, { signal })).rejects.toBe(reason)
        await expect(cluster.leaseCount(member, { signal })).rejects.toBe(reason)
        await expect(cluster.metricsPage(member, { signal })).rejects.toBe(reason)
      }
      expect(await cluster.view(known)).toEqual(before)
    })

    it('ends calls when it is disposed of, and then still shows what it knew', async () => {
      const cluster = world.open()
      const before = await cluster.view(fresh)
      const id = before.members[0]?.id ?? ''
      await cluster[Symbol.asyncDispose]()
      for (const member of [id, '1']) {
        await expect(cluster.status(member)).rejects.toMatchObject({ code: 'shutting_down' })
        await expect(cluster.leaseCount(member)).rejects.toMatchObject({ code: 'shutting_down' })
        await expect(cluster.metricsPage(member)).rejects.toMatchObject({ code: 'shutting_down' })
      }
      expect(await cluster.view(fresh)).toEqual(before)
    })

    it('walks an endpoint through every stage, of which its Status enters the view', async () => {
      await using cluster = world.open()
      const url = (await cluster.view(known)).endpoints[0]?.url ?? ''
      const stages = await cluster.diagnose(url)
      expect(stages.map(({ stage, ok }) => [stage, ok])).toEqual(
        ['dns', 'tcp', 'tls', 'auth', 'quorum', 'ready'].map((stage) => [stage, true]),
      )
      for (const { detail, durationMs, failure } of stages) {
        expect(detail).not.toBe('')
        expect(Number.isInteger(durationMs)).toBe(true)
        expect(failure).toBeUndefined()
      }
      const { endpoints } = await cluster.view(known)
      expect(endpoints.find((one) => one.url === url)?.memberId).toMatch(/^[1-9]\d+$/)
    })

    it('walks to nothing that is not configured, and ends with the reason of an abort', async () => {
      await using cluster = world.open()
      const url = (await cluster.view(fresh)).endpoints[0]?.url ?? ''
      await expect(cluster.diagnose('http://other.invalid:2379')).rejects.toMatchObject({ code: 'not_found' })
      const reason = new Error('left')
      await expect(cluster.diagnose(url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    })

    describe('with one member stopped', () => {
      let cluster: EtcdCluster
      let id = ''
      beforeAll(async () => {
        cluster = world.open()
        const { members } = await cluster.view(fresh)
        id = members.find(({ configuredIndex }) => configuredIndex === 1)?.id ?? ''
        await world.stop(1)
      })
      afterAll(async () => {
        await cluster[Symbol.asyncDispose]()
        await world.start(1)
      })

      it('walks to its endpoint no further than the stage that fails', async () => {
        const stages = await cluster.diagnose((await cluster.view(known)).endpoints[1]?.url ?? '')
        expect(stages.map(({ stage, ok }) => [stage, ok])).toEqual([
          ['dns', true],
          ['tcp', false],
        ])
        expect(stages[1]?.failure).toMatchObject({ kind: 'refused', stage: 'tcp', sent: false })
        expect(stages[1]?.detail).toMatch(/^connection refused: nothing listens there/)
      })

      it('says which stage failed, and keeps its last status', async () => {
        const error = await cluster.status(id).catch((thrown: unknown) => thrown)
        expect(error).toBeInstanceOf(AppError)
        expect(error).toMatchObject({ code: 'member_unreachable' })
        const failure = { kind: 'refused', stage: 'tcp', method: 'connect', grpcStatus: 'UNAVAILABLE' }
        expect(failureIn(error)).toMatchObject({ ...failure, sent: false })
        await expect(cluster.leaseCount(id)).rejects.toMatchObject({ code: 'member_unreachable' })
        expect(await cluster.metricsPage(id)).toEqual({ reason: 'refused', detail: '' })
        const view = await cluster.view(fresh)
        const member = view.members.find((one) => one.id === id)
        expect(member?.failure).toMatchObject({ kind: 'refused', stage: 'tcp' })
        expect(member?.status?.memberId).toBe(id)
        expect(view.endpoints[1]?.failure).toMatchObject({ kind: 'refused', stage: 'tcp' })
        expect(view.endpoints[1]?.memberId).toBe(id)
        expect(view.stale).toBe(false)
      })
    })

    describe('with one member that hangs', () => {
      let cluster: EtcdCluster
      let id = ''
      beforeAll(async () => {
        cluster = world.open()
        const { members } = await cluster.view(fresh)
        id = members.find(({ configuredIndex }) => configuredIndex === 0)?.id ?? ''
        await world.hang(0)
      })
      afterAll(async () => {
        await cluster[Symbol.asyncDispose]()
        await world.start(0)
      })

      it('reads the member list from those that answer', async () => {
        const from = Date.now()
        const { stale, listedAt } = await cluster.view(fresh)
        expect(stale).toBe(false)
        expect(listedAt).toBeGreaterThanOrEqual(from)
      })

      it('ends a call at its deadline', async () => {
        const late = { code: 'etcd_timeout' }
        const status = await cluster.status(id, { deadline: 300 }).catch((thrown: unknown) => thrown)
        expect(status).toMatchObject(late)
        expect(failureIn(status)).toMatchObject({
          kind: 'deadline',
          stage: 'ready',
          method: 'Maintenance.Status',
          grpcStatus: 'DEADLINE_EXCEEDED',
          sent: true,
        })
        const leases = await cluster.leaseCount(id, { deadline: 300 }).catch((thrown: unknown) => thrown)
        expect(leases).toMatchObject(late)
        expect(failureIn(leases)).toMatchObject({ method: 'Lease.LeaseLeases', sent: true })
        expect(await cluster.metricsPage(id, { deadline: 300 })).toMatchObject({ reason: 'timeout' })
        const view = await cluster.view(known)
        expect(view.members.find((one) => one.id === id)?.failure).toMatchObject({ kind: 'deadline' })
      })

      it('does not wait longer for a view than asked', async () => {
        const view = await cluster.view({ maxAge: 0, wait: 1 })
        expect(view.members).toHaveLength(3)
      })

      it('rejects with the reason of an abort that comes while it waits', async () => {
        const reason = new Error('left')
        const calls = ['status', 'leaseCount', 'metricsPage'] as const
        for (const call of calls) {
          const leaving = new AbortController()
          const waiting = expect(cluster[call](id, { signal: leaving.signal })).rejects.toBe(reason)
          leaving.abort(reason)
          await waiting
        }
      })

      it('still shows what it knew when it is disposed of while it asks', async () => {
        const closed = world.open()
        const { listedAt, stale, members } = await closed.view(fresh)
        const before = { listedAt, stale, ids: members.map((member) => member.id) }
        const asking = closed.view(fresh)
        await closed[Symbol.asyncDispose]()
        for (const view of [await asking, await closed.view(fresh)]) {
          const ids = view.members.map((member) => member.id)
          expect({ listedAt: view.listedAt, stale: view.stale, ids }).toEqual(before)
        }
      })
    })

    describe('with all members stopped', () => {
      let cluster: EtcdCluster
      beforeAll(async () => {
        cluster = world.open()
        await cluster.view(fresh)
        await Promise.all([0, 1, 2].map((index) => world.stop(index)))
      })
      afterAll(async () => {
        await cluster[Symbol.asyncDispose]()
        await Promise.all([0, 1, 2].map((index) => world.start(index)))
      })

      it('keeps the last members, stale, each with its failure', async () => {
        const view = await cluster.view(fresh)
        expect(view.members).toHaveLength(3)
        expect(view.members.map(({ failure }) => failure?.kind)).toEqual(['refused', 'refused', 'refused'])
        expect(view.stale).toBe(true)
      })

      it('shows no member but every endpoint while nobody ever answered', async () => {
        await using stranger = world.open()
        const view = await stranger.view(fresh)
        expect(view.members).toEqual([])
        expect(view.clusterId).toBeUndefined()
        expect(view.leaderId).toBeUndefined()
        expect(view.stale).toBe(true)
        expect(view.endpoints.map(({ role, failure }) => [role, failure?.kind])).toEqual(
          Array.from({ length: 3 }, () => ['unknown', 'refused']),
        )
      })
    })
  })
}
