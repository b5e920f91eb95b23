import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError } from '@etcdmonitor/core/errors'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { addMember } from '@etcdmonitor/rig/etcd-membership'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openEtcd, openOpsApi, putTimes } from '../../ops-rig.contract.ts'

/** With the names that members told just now. */
const FRESH = { maxAge: 0, listMaxAge: 0, wait: 4_000 }

const codeOf = (error: unknown) => (error instanceof AppError ? error.code : '')

describe.each(etcdVersions())('hashes of members of etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  const start = async (members: number, folder?: string) => {
    const servers = await startEtcdCluster({
      ...{ members, ...('path' in server && { binary: server.path }), ...(folder && { folder }) },
    })
    onTestFinished(() => servers.dispose())
    return servers
  }

  async function open(
    endpoints: readonly string[],
    over: (etcd: EtcdCluster) => Partial<EtcdCluster> = () => ({}),
  ) {
    const etcd = openEtcd(endpoints)
    await etcd.view(FRESH)
    await putTimes(etcd, { times: 10 })
    const api = await openOpsApi({ etcd: { ...etcd, ...over(etcd) } })
    const compare = async () => {
      const { status, json } = await api.post('/api/ops/hashkv')
      expect(status).toBe(200)
      return json
    }
    return { etcd, ...api, compare }
  }

  it.skipIf(isMissing)('OP23 of one voter prove nothing', async () => {
    const { endpoints } = await start(1)
    const { compare } = await open(endpoints)
    expect(await compare()).toMatchObject({
      consistent: false,
      verdict: 'inconclusive',
      reason: 'single_voter',
      results: [{ hash: expect.any(Number) }],
    })
  })

  it.skipIf(isMissing || server.version !== '3.4')('OP23 leave a learner out', async () => {
    const servers = await start(3)
    await using joining = await addMember(servers, { name: 'learner', isLearner: true })
    const learner = await joining.start()
    const { compare } = await open([...servers.endpoints, learner.url])
    await expect
      .poll(compare)
      .toMatchObject({ verdict: 'consistent', results: [{}, {}, {}, { hash: null, code: 'not_supported' }] })
  })

  it.skipIf(isMissing)(
    'OP23 OP24 are compared anew where history was compacted between two members, and give up after three times',
    async () => {
      const { endpoints } = await start(3)
      let compactions = 1
      let first: string | undefined
      let isTorn = false
      const { compare } = await open(endpoints, (real) => ({
        async hashKv(member, revision, options) {
          first ??= member // each round begins with it; it may be asked again, when it is behind
          if (member === first) isTorn = false
          if (member !== first && !isTorn && compactions > 0) {
            isTorn = true
            compactions -= 1
            await putTimes(real, { key: 'more', times: 3 })
            await real.compact(String(Number(await real.headRevision()) - 1), true)
            const ask = () => real.hashKv(member, revision).then(() => '', codeOf)
            await expect.poll(ask).toBe('revision_compacted') // this member has heard of it
          }
          return real.hashKv(member, revision, options)
        },
      }))
      expect(await compare()).toMatchObject({ verdict: 'consistent', attempts: 2 })
      compactions = 3
      expect(await compare()).toMatchObject({
        ...{ consistent: false, verdict: 'inconclusive', reason: 'compacting', attempts: 3 },
      })
    },
  )

  it.skipIf(isMissing)(
    'OP24 of a member that stops while it is asked, in a storm of puts, prove nothing',
    async () => {
      const servers = await start(3)
      const { etcd, compare } = await open(servers.endpoints, (real) => ({
        hashKv(member, revision, options) {
          const name = names.get(member)
          if (name === 'etcd-1') servers.members[1]?.hang()
          return real.hashKv(member, revision, { ...options, deadline: 1_000 })
        },
      }))
      const names = new Map((await etcd.view(FRESH)).members.map(({ id, name }) => [id, name]))
      const storm = new AbortController()
      const writing = (async () => {
        while (!storm.signal.aborted) await putTimes(etcd, { times: 1 }).catch(() => undefined)
      })()
      try {
        expect(await compare()).toMatchObject({
          ...{ consistent: false, verdict: 'inconclusive', reason: 'member_missing' },
        })
      } finally {
        storm.abort()
        servers.members[1]?.resume()
        await writing
      }
    },
  )

  it.skipIf(isMissing)(
    'a member that hangs when it is begun is seen as silent, not asked for its hash',
    async () => {
      const servers = await start(3)
      const asked: string[] = []
      const { etcd, compare } = await open(servers.endpoints, (real) => ({
        hashKv(member, ...others) {
          asked.push(member)
          return real.hashKv(member, ...others)
        },
      }))
      const { members } = await etcd.view(FRESH)
      const silent = members.find(({ name }) => name === 'etcd-2')?.id
      servers.members[2]?.hang()
      try {
        const { verdict, reason, results } = await compare()
        expect([verdict, reason]).toEqual(['inconclusive', 'member_missing'])
        expect(results).toContainEqual(
          expect.objectContaining({ member_id: silent, hash: null, code: 'member_unreachable' }),
        )
        expect(asked).not.toContain(silent)
      } finally {
        servers.members[2]?.resume()
      }
    },
  )

  it.skipIf(isMissing)(
    'OP24 O5 differ where a file was changed while its member was stopped: it is named after two looks',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-hashes-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      const servers = await start(3, folder)
      const { etcd, compare } = await open(servers.endpoints)
      const [was, is] = [`value ${'A'.repeat(64)}`, `value ${'B'.repeat(64)}`]
      await etcd.put({ key: toUtf8('/changed'), value: toUtf8(was), lease: 'none' })
      expect(await compare()).toMatchObject({ verdict: 'consistent' })
      await servers.members[1]?.stop()
      const file = join(folder, 'etcd-1', 'member', 'snap', 'db')
      const text = readFileSync(file, 'latin1')
      expect(text).toContain(was)
      writeFileSync(file, text.replaceAll(was, is), 'latin1')
      await servers.members[1]?.restart()
      const { members } = await etcd.view(FRESH)
      const changed = members.find(({ name }) => name === 'etcd-1')?.id
      const found = { consistent: false, verdict: 'inconsistent', minority: [changed] }
      // nobody writes, and what differs is the newest revision: the look at the one before finds nothing
      await expect.poll(compare).toMatchObject({ ...found, attempts: 3 })
      await putTimes(etcd, { times: 1 })
      expect(await compare()).toMatchObject({ ...found, attempts: 2 })
    },
  )
})
