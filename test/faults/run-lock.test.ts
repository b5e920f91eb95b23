import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { startPostgres } from '@etcdmonitor/rig/postgres'
import { expect, it } from 'vitest'
import { openApiGroup } from '../setup/console/api-group.ts'

const REQUESTS = 50

needServer('etcd', () => {
  needServer('postgres', () => {
    it(`RU1 begins one of ${REQUESTS} operations that three APIs are asked for at once, and names it to the others`, async () => {
      await using cluster = await startEtcdCluster({ members: 3 })
      await using postgres = await startPostgres()
      await using group = openApiGroup({
        endpoints: cluster.endpoints,
        postgres: { server: postgres, schema: 'public' },
      })
      const apis = [await group.add(), await group.add(), await group.add()]
      const answers = await Promise.all(
        Array.from({ length: REQUESTS }, async (_, at) =>
          apis[at % apis.length]?.post('/api/ops/defragment?wait=0', { member_ids: 'all' }),
        ),
      )
      const begun = answers.filter((answer) => answer?.status === 202)
      expect(begun).toHaveLength(1)
      const id = begun[0]?.body.run_id
      const others = answers.filter((answer) => answer?.status !== 202)
      expect(others).toHaveLength(REQUESTS - 1)
      for (const answer of others)
        expect(answer).toMatchObject({ status: 409, body: { code: 'operation_in_progress', run_id: id } })
    })
  })
})
