import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { failureIn } from '@etcdmonitor/core/etcd/fail-call'
import { toSecret } from '@etcdmonitor/core/secret'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { startMember } from '@etcdmonitor/rig/etcd-member'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { describe, expect, it } from 'vitest'
import { callGateway } from '../kv/kv-rig.contract.ts'
import { FRESH, openClient } from '../open-client.contract.ts'

const USER = { username: 'monitor', password: 'correct horse' }

/** A learner of the cluster, which has one member; resolves when its process runs. */
async function addLearner({ members, endpoints }: Servers, binary: string, token?: string) {
  const [first] = members
  const [port = 0, peerPort = 0] = await freePorts(2)
  const [url, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`]
  const added = { peerURLs: [peerUrl], isLearner: true }
  await callGateway(endpoints[0] ?? '', 'cluster/member/add', added, token)
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
      await expect.poll(newest).toEqual(asLearner)
      const id = (await client.view(FRESH)).members.find(({ name }) => name === 'learner')?.id ?? ''
      expect(await client.metricsPage(id)).toBeInstanceOf(Uint8Array)
      const error = await client.leaseCount(id).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({ code: 'not_supported' })
      expect(failureIn(error)).toMatchObject({ kind: 'learner', stage: 'ready' })
      const promote = () =>
        httpCall({ url: `${servers.endpoints[0]}/v3/cluster/member/promote`, json: { ID: id } })
      await expect.poll(async () => (await promote()).status).toBe(200)
      await expect.poll(newest).toEqual({ ...asLearner, isLearner: false, ofStatus: false })
      expect(await client.leaseCount(id)).toBe(0)
    })

    it('ET21 A3 shows its Status with the token of a voter, since it gives none itself', async () => {
      const flags = ['--auth-token-ttl=2', '--bcrypt-cost=4']
      await using servers = await startEtcdCluster({ members: 1, binary: found.path, auth: USER, flags })
      const [url = ''] = servers.endpoints
      const login = { name: USER.username, password: USER.password }
      const { token } = await callGateway<{ token: string }>(url, 'auth/authenticate', login)
      await using learner = await addLearner(servers, found.path, token)
      const user = { username: USER.username, password: toSecret(USER.password) }
      await using client = openClient({ endpoints: [learner.url, url], interval: 0, ...user })
      const newest = async () => {
        const { members, endpoints } = await client.view(FRESH)
        const seen = members.find(({ name }) => name === 'learner')
        return { failure: seen?.failure ?? endpoints[0]?.failure, ofStatus: seen?.status?.isLearner }
      }
      const good = { failure: undefined, ofStatus: true }
      await expect.poll(newest).toEqual(good)
      // the voter's token ends, unless its own calls prolong it: the learner alone is asked
      const id = (await client.view(FRESH)).members.find(({ name }) => name === 'learner')?.id ?? ''
      const until = performance.now() + 5_000
      const askOn = async () => {
        await client.status(id)
        return performance.now() > until
      }
      await expect.poll(askOn, { interval: 100 }).toBe(true)
    })
  })
}
