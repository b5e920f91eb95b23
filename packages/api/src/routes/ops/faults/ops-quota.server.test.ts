import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { type EtcdMember, type MemberPlan, startMember } from '@etcdmonitor/rig/etcd-member'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openStore } from '../../../dashboard-rig.contract.ts'
import { openEtcd, openOpsApi, refusal } from '../../../ops-rig.contract.ts'

const MIB = 1024 ** 2
const QUOTA = 64 * MIB
const SMALL = 2 * MIB

describe.each(etcdVersions())('a member of etcd $version with a quota of its own', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts

  /** Three members, the last with a small quota; `enlarge` starts it again with that of the others. */
  async function start() {
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-quota-'))
    const ports = await freePorts(6)
    const names = ['etcd-0', 'etcd-1', 'etcd-2']
    const addresses = names.map((name, at) => ({
      ...{ name, dataFolder: join(folder, name) },
      ...{ url: `http://127.0.0.1:${ports[2 * at]}`, peerUrl: `http://127.0.0.1:${ports[2 * at + 1]}` },
    }))
    const peers = addresses.map(({ name, peerUrl }) => `${name}=${peerUrl}`).join(',')
    const planOf = (at: number, quota: number): MemberPlan => {
      const address = addresses[at]
      if (!address || !('path' in server)) throw new Error(`no member ${at}`)
      const flags = [`--quota-backend-bytes=${quota}`]
      return { ...address, peers, flags, binary: server.path, token: 'quota', tls: undefined }
    }
    const members: EtcdMember[] = []
    onTestFinished(async () => {
      await Promise.all(members.map((member) => member.kill()))
      rmSync(folder, { recursive: true, force: true })
    })
    for (const [at, quota] of [QUOTA, QUOTA, SMALL].entries())
      members.push(await startMember(planOf(at, quota), undefined))
    await Promise.all(members.map((member) => member.untilHealthy()))
    const enlarge = async () => {
      await members.at(-1)?.kill()
      members.push(await startMember(planOf(2, QUOTA), undefined)) // not healthy while the alarm stands
    }
    return { endpoints: addresses.map(({ url }) => url), enlarge }
  }

  it.skipIf(isMissing)(
    'OP34 O3 fills alone: what cannot suffice is said, and after a restart with more the alarm is disarmed',
    async () => {
      const { endpoints, enlarge } = await start()
      const etcd = openEtcd(endpoints)
      const store = await openStore()
      onTestFinished(() => store[Symbol.asyncDispose]())
      const { clusterId = '', members } = await etcd.view({ maxAge: 0, wait: 4_000 })
      const smallId = members.find(({ name }) => name === 'etcd-2')?.id ?? ''
      let seconds = Math.floor(Date.now() / 1_000) - 10
      /** etcd before 3.6 tells its quota by metrics alone. */
      const sampleQuota = (small: number) => {
        seconds += 1
        const ticks = members.map(({ id }) => ({
          memberId: id,
          scalars: [{ source: 'quota_bytes' as const, labels: {}, value: id === smallId ? small : QUOTA }],
          histograms: [],
        }))
        return store.writer.append({ clusterId, at: seconds * 1_000, members: ticks })
      }
      await sampleQuota(SMALL)
      const { get, post } = await openOpsApi({ etcd, metrics: store.reader })
      const small = endpoints[2] ?? ''
      const put = (at: number) =>
        fetch(`${small}/v3/kv/put`, {
          method: 'POST',
          body: JSON.stringify({
            key: Buffer.from(`/fill/${at}`).toString('base64'),
            value: Buffer.alloc(16_000).toString('base64'),
          }),
          redirect: 'error',
          signal: AbortSignal.timeout(60_000),
        })
      for (let at = 0; (await put(at)).ok; at += 1) expect(at).toBeLessThan(200)

      const full = (await get('/api/ops/rescue')).json
      expect(full.alarms).toContainEqual({ member_id: smallId, member_name: 'etcd-2', alarm_type: 'NOSPACE' })
      const percents = new Map(
        full.members.map((one: { member_id: string; used_percent: number }) => [
          one.member_id,
          one.used_percent,
        ]),
      )
      expect(percents.get(smallId)).toBeGreaterThan(90)
      for (const { id } of members) if (id !== smallId) expect(percents.get(id)).toBeLessThan(20)
      const stepOf = async (action: string) =>
        (await get('/api/ops/rescue')).json.steps.find((one: { action: string }) => one.action === action)
      expect(await stepOf('delete_keys')).toMatchObject({ state: 'todo' })
      expect((await post('/api/ops/compact', { retain_count: 1, physical: true })).status).toBe(200)
      expect((await post('/api/ops/defragment', { member_ids: 'all', move_leader: false })).status).toBe(200)
      expect((await stepOf('delete_keys')).message).toMatch(/etcd-2/)
      const alarm = { member_id: smallId, alarm_type: 'NOSPACE' }
      const early = await post('/api/ops/alarms/disarm', alarm)
      expect(early.json.blockers).toMatchObject([{ code: 'quota_still_exceeded', member_id: smallId }])

      await enlarge()
      await sampleQuota(QUOTA)
      const isBack = async () => {
        const view = await etcd.view({ maxAge: 0, wait: 4_000 })
        return view.members.every(({ failure }) => failure === undefined)
      }
      await expect.poll(isBack).toBe(true)
      expect((await get('/api/ops/alarms')).json.alarms).toContainEqual({ ...alarm, member_name: 'etcd-2' })
      await expect.poll(async () => (await stepOf('disarm')).state).toBe('todo')
      expect(await stepOf('delete_keys')).toMatchObject({ state: 'not_needed' })
      for (const { member_id, alarm_type } of (await get('/api/ops/alarms')).json.alarms)
        expect((await post('/api/ops/alarms/disarm', { member_id, alarm_type })).status).toBe(200)
      await etcd.put({ key: toUtf8('/after'), value: toUtf8('1'), lease: 'none' })
      expect((await put(0)).ok).toBe(true)
      expect(refusal(await post('/api/ops/alarms/disarm', alarm))).toEqual([404, 'alarm_not_found'])
    },
  )
})
