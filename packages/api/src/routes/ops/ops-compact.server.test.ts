import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEtcd, openOpsApi, putTimes, refusal } from '../../ops-rig.contract.ts'

describe.each(etcdVersions())('/api/ops/compact on etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeAll(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
  })
  afterAll(() => servers?.dispose())

  async function open() {
    const etcd = openEtcd(servers.endpoints)
    return { etcd, ...(await openOpsApi({ etcd })) }
  }

  it.skipIf(isMissing)(
    'OP18 forgets the first revision of all, which cannot be seen to be gone',
    async () => {
      const { etcd, post, entries } = await open()
      await putTimes(etcd, { times: 1 })
      const retain_count = Number(await etcd.headRevision()) - 1
      expect(await post('/api/ops/compact', { retain_count })).toMatchObject({
        status: 200,
        json: { target_revision: 1 },
      })
      expect(refusal(await post('/api/ops/compact', { retain_count }))).toEqual([409, 'revision_compacted'])
      expect(await entries()).toEqual(['compact succeeded', 'compact failed revision_compacted'])
    },
  )

  it.skipIf(isMissing)('OP18 forgets history up to the target, and says what it left', async () => {
    const { etcd, post, get, entries } = await open()
    await putTimes(etcd, { times: 20 })
    const head = Number(await etcd.headRevision())
    const before = (await get('/api/ops/compact/revision')).json
    expect(before.revision).toBe(head)
    const done = await post('/api/ops/compact', { retain_count: 5 })
    expect(done).toMatchObject({
      status: 200,
      json: {
        message: 'compact completed',
        current_revision: head,
        target_revision: head - 5,
        compact_revision_before: before.compact_revision,
        retain_count: 5,
        physical: false,
        members: [
          { member_name: 'etcd-0', reclaimable_bytes: expect.any(Number) },
          { member_name: 'etcd-1' },
          { member_name: 'etcd-2' },
        ],
      },
    })
    expect(done.headers.get('x-run-id')).toBe(done.json.run_id)
    expect((await get('/api/ops/compact/revision')).json).toEqual({
      revision: head,
      compact_revision: head - 5,
    })
    const range = { from: new Uint8Array([107]), to: new Uint8Array([108]), limit: 1, values: false }
    const read = (revision: number) =>
      etcd.range({ ...range, revision: String(revision), serializable: false })
    expect((await read(head - 5)).count).toBe(1)
    await expect(read(head - 6)).rejects.toMatchObject({ code: 'revision_compacted' })
    const { run_id, ...result } = done.json
    expect((await get(`/api/ops/runs/${run_id}`)).json).toMatchObject({
      id: run_id,
      operation: 'compact',
      state: 'succeeded',
      cancellable: false,
      error: null,
      result,
      steps: [
        { name: 'preflight', state: 'succeeded' },
        { name: 'compact', state: 'succeeded' },
        { name: 'verify', state: 'succeeded' },
      ],
    })
    expect(await entries()).toEqual(['compact succeeded'])
  })

  it.skipIf(isMissing)('OP18 O22 O24 refuses what is gone already, and more than there is', async () => {
    const { etcd, post, entries } = await open()
    await putTimes(etcd, { times: 5 })
    const head = Number(await etcd.headRevision())
    expect((await post('/api/ops/compact', { retain_count: 2, physical: true })).status).toBe(200)
    const again = await post('/api/ops/compact', { retain_count: 2 })
    expect(again).toMatchObject({
      status: 409,
      json: { code: 'revision_compacted', compact_revision: head - 2 },
    })
    for (const retain_count of [head, head + 1]) {
      const refused = await post('/api/ops/compact', { retain_count })
      expect(refused).toMatchObject({
        status: 400,
        json: { code: 'nothing_to_compact', current_revision: head, retain_count },
      })
    }
    expect(await entries()).toEqual([
      'compact succeeded',
      'compact refused revision_compacted',
      'compact refused nothing_to_compact',
      'compact refused nothing_to_compact',
    ])
  })

  it.skipIf(isMissing)('O25 plans without touching anything, and takes a plan that holds', async () => {
    const { etcd, post, get, entries } = await open()
    await putTimes(etcd, { times: 5 })
    const { json: plan } = await post('/api/ops/compact', { retain_count: 3, dry_run: true })
    expect(plan).toMatchObject({ dry_run: true, allowed: true, blockers: [], steps: [{ action: 'compact' }] })
    expect(plan.warnings.map(({ code }: { code: string }) => code)).toContain('retains_little')
    expect((await get('/api/ops/runs')).json.runs).toEqual([])
    const other = await post('/api/ops/compact', { retain_count: 4, plan_token: plan.plan_token })
    expect(refusal(other)).toEqual([409, 'plan_changed'])
    const forged = await post('/api/ops/compact', { retain_count: 3, plan_token: `${plan.plan_token}AA` })
    expect(refusal(forged)).toEqual([400, 'validation_failed'])
    const done = await post('/api/ops/compact', { retain_count: 3, plan_token: plan.plan_token })
    expect(done.status).toBe(200)
    expect(await entries()).toEqual(['compact refused plan_changed', 'compact succeeded'])
  })
})
