import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { startMember } from '@etcdmonitor/rig/etcd-member'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { describe, expect, it } from 'vitest'
import { FRESH, openClient } from '../open-client.contract.ts'

/** A learner of the cluster, which has one member; resolves when its process runs. */
async function addLearner({ members, endpoints }: Servers, binary: string) {
  const [first] = members
  const [port = 0, peerPort = 0] = await freePorts(2)
  const [url, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`]
  const json = { peerURLs: [peerUrl], isLearner: true }
  const { status, body } = await httpCall({ url: `${endpoints[0]}/v3/cluster/member/add`, json })
  if (status !== 200) throw new Error(`etcd refused the learner: ${body}`)
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-learner-'))
  const peers = `${first?.name}=${first?.peerUrl},learner=${peerUrl}`
  const names = { name: 'learner', peers, token: 'etcdmonitor' }
  const flags = ['--initial-cluster-state=existing']
  const plan = { binary, url, peerUrl, dataFolder: join(folder, 'data'), flags, tls: undefined, ...names }
  const learner = await startMember(plan, undefined)
  return {
    url,
    async [Symbol.asyncDispose]() {
      await learner.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

for (const found of etcdVersions(process.env.TEST_SUITE === 'full' ? 'full' : 'quick')) {
  if ('missing' in found) continue
  describe(`a learner, etcd ${found.version}`, () => {
    it('ET21 shows its Status and page, is asked for nothing else, and is a voter once promoted', async () => {
      await using servers = await startEtcdCluster({ members: 1, binary: found.path })
      await using learner = await addLearner(servers, found.path)
      // configured first: it would be the first one asked for the list
      await using client = openClient({ endpoints: [learner.url, ...servers.endpoints], interval: 0 })
      const newest = async () => {
        const { members, stale } = await client.view(FRESH)
        const seen = members.find(({ name }) => name === 'learner')
        return { stale, isLearner: seen?.isLearner, ofStatus: seen?.status?.isLearner, at: seen?.endpoint }
      }
      const asLearner = { stale: false, isLearner: true, ofStatus: true, at: learner.url }
      await expect.poll(newest, { timeout: 30_000 }).toEqual(asLearner)
      const id = (await client.view(FRESH)).members.find(({ name }) => name === 'learner')?.id ?? ''
      expect(await client.metricsPage(id)).toBeInstanceOf(Uint8Array)
      const error = await client.leaseCount(id).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'not_supported' })
      expect(failureIn(error)).toMatchObject({ kind: 'learner', stage: 'ready' })
      const promote = () =>
        httpCall({ url: `${servers.endpoints[0]}/v3/cluster/member/promote`, json: { ID: id } })
      await expect.poll(async () => (await promote()).status, { timeout: 30_000 }).toBe(200)
      await expect.poll(newest).toEqual({ ...asLearner, isLearner: false, ofStatus: false })
      expect(await client.leaseCount(id)).toBe(0)
    })
  })
}
