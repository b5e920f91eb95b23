import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FRESH, type LoggedLine, openClient, recordingLog } from '../open-client.contract.ts'

const put = (client: EtcdCluster, key: string) =>
  client.put({ key: toUtf8(key), value: toUtf8('x'), lease: 'none' })
const KEYS_BEFORE = 20

for (const found of etcdVersions()) {
  if ('missing' in found) continue
  describe(`the addresses of a cluster that was wiped, etcd ${found.version}`, () => {
    let folder: string
    let servers: Servers | undefined
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-wiped-'))
    })
    afterEach(async () => {
      await servers?.dispose()
      rmSync(folder, { recursive: true, force: true })
    })

    const { path: binary } = found

    /** Ends the cluster that runs, and starts an empty one at its ports. */
    async function start(token: string): Promise<Servers> {
      const ports = servers?.ports
      await servers?.dispose()
      const data = mkdtempSync(join(folder, 'data-'))
      servers = await startEtcdCluster({
        ...{ members: 1, binary, token, folder: data },
        ...(ports && { ports }),
      })
      return servers
    }

    it('ET20 nothing is sent to another cluster until two rounds agree; then it is the cluster', async () => {
      const { endpoints } = await start('old')
      const lines: LoggedLine[] = []
      await using client = openClient({ endpoints, interval: 0, log: recordingLog(lines) })
      const before = await client.view(FRESH)
      const old = before.members[0]?.id ?? ''
      for (let at = 0; at < KEYS_BEFORE; at += 1) await put(client, '/a')
      await start('new')
      await using other = openClient({ endpoints })
      const head = await other.headRevision()
      const mark = await other.view(FRESH).then(({ members }) => other.defragMark(members[0]?.id ?? ''))
      const first = await client.view(FRESH)
      expect(first.clusterId).toBe(before.clusterId)
      expect(first.endpoints).toMatchObject([{ failure: { kind: 'wrong_cluster' } }])
      for (const call of [
        () => put(client, '/a'),
        () => client.compact('2', false),
        () => client.disarm({ memberId: old, type: 'NOSPACE' }),
        () => client.alarms(),
        () => client.defragment(old),
        () => client.snapshot(old),
        () => client.hashKv(old, '1'),
      ]) {
        const error = await call().catch((thrown: unknown) => thrown)
        expect(error).toMatchObject({
          code: expect.stringMatching(/^(etcd|member)_un(available|reachable)$/),
        })
        expect(failureIn(error)?.kind).toBe('wrong_cluster')
      }
      expect(await other.headRevision()).toBe(head)
      await expect(client.moveLeader(old)).rejects.toThrow() // its own look at who leads is the second round
      const second = await client.view(FRESH)
      expect(second.clusterId).not.toBe(before.clusterId)
      expect(lines.map(({ event }) => event)).toContain('cluster_changed')
      const [member] = second.members
      expect(member?.id).not.toBe(old)
      expect(await other.defragMark(member?.id ?? '')).toEqual(mark)
      await client.defragment(member?.id ?? '')
      expect((await put(client, '/b')).created).toBe(true)
      expect((await client.hashKv(member?.id ?? '', await client.headRevision())).memberId).toBe(member?.id)
      await expect(client.status(old)).rejects.toMatchObject({ code: 'member_not_found' })
    })

    it('ET28 other data under the same IDs is noticed within two rounds, and operations go on', async () => {
      const { endpoints } = await start('same')
      await using client = openClient({ endpoints, interval: 0 })
      const before = await client.view(FRESH)
      for (let at = 0; at < KEYS_BEFORE; at += 1) await put(client, '/a')
      const { revision } = (await client.view(FRESH)).members[0]?.status ?? {}
      expect(before.dataReset).toBeUndefined()
      await start('same')
      await client.view(FRESH)
      const after = await client.view(FRESH)
      expect(after.clusterId).toBe(before.clusterId)
      expect(after.members.map(({ id }) => id)).toEqual(before.members.map(({ id }) => id))
      expect(after.dataReset).toMatchObject({ before: revision, after: '1' })
      const id = after.members[0]?.id ?? ''
      expect(await client.headRevision()).toBe('1')
      expect(await client.compactedRevision()).toBe('0')
      await client.defragment(id)
    })
  })
}
