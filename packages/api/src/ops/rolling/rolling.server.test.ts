import { AppError } from '@etcdmonitor/core/errors'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { newestInQuick } from '@etcdmonitor/rig/etcd-versions'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { openRolling, pause, refused, type Stepped } from './rolling-rig.contract.ts'

const WRITERS = 12

describe.each(newestInQuick())('a rolling defragmentation of etcd $version', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeEach(async () => {
    if (!isMissing) servers = await startEtcdCluster({ members: 3, binary: server.path })
    onTestFinished(() => servers?.dispose())
  })

  it.skipIf(isMissing)('OP7 loses and doubles no write of twelve writers', async () => {
    const { etcd, roll, untilEnded } = await openRolling(servers)
    const acked = new Map<string, string>()
    const stop = new AbortController()
    const write = async (writer: number) => {
      for (let n = 0; !stop.signal.aborted; n += 1) {
        const key = `/w/${writer}/${n}`
        const put = await etcd.put({ key: toUtf8(key), value: toUtf8(key), lease: 'none' }).catch(refused)
        if (put) acked.set(key, put.revision)
        await pause()
      }
    }
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
    const run = await untilEnded(await roll({ move_leader: true }))
    stop.abort()
    await writing
    expect(run).toMatchObject({ state: 'succeeded' })
    const { entries } = await etcd.range({
      ...{ from: toUtf8('/w/'), to: toUtf8('/w0'), limit: 50_000, values: false, serializable: false },
    })
    const stored = new Map(entries.map(({ key, ...entry }) => [new TextDecoder().decode(key), entry]))
    expect(acked.size).toBeGreaterThan(WRITERS)
    expect([...acked].filter(([key, revision]) => stored.get(key)?.modRevision !== revision)).toEqual([])
    expect([...stored].filter(([, { keyVersion }]) => String(keyVersion) !== '1')).toEqual([])
  })

  it.skipIf(isMissing)(
    'OP7 leaves the leader where it is when that is short, and moves it where its last time was long',
    async () => {
      const { members, roll, untilEnded, remember } = await openRolling(servers)
      const asked = { member_ids: 'all', move_leader: undefined }
      const short = await untilEnded(await roll(asked))
      expect(short.steps.map(({ name }: Stepped) => name)).not.toContain('move_leader')
      expect(short.result.leader_after).toBe(short.result.leader_before)

      const leader = (await members()).find((one) => one.is_leader)?.id ?? ''
      await remember(leader, { db_size_after: 1, duration_ms: 60_000 })
      const long = await untilEnded(await roll(asked))
      expect(long.state).toBe('succeeded')
      expect(long.steps.map(({ name }: Stepped) => name)).toContain('move_leader')
      expect(long.result.leader_before).toBe(leader)
      expect(long.result.leader_after).not.toBe(leader)
    },
  )

  it.skipIf(isMissing)('RU5 touches no member whose intent is not on record', async () => {
    const { roll, untilEnded, marks, state, entries } = await openRolling(servers)
    const { beginStep } = state.runs
    let intents = 0
    vi.spyOn(state.runs, 'beginStep').mockImplementation(async (owner, index, start) => {
      if (start.intent?.operation === 'defragment') intents += 1
      if (intents === 3) throw new AppError('audit_unavailable', 'the audit log does not answer')
      return beginStep(owner, index, start)
    })
    const run = await untilEnded(await roll())
    expect(run).toMatchObject({ state: 'failed', error: { code: 'audit_unavailable' } })
    expect((await marks()).toSorted()).toEqual([0, 1, 1])
    expect((await entries()).toSorted()).toEqual([
      'defragment failed audit_unavailable',
      'defragment succeeded',
      'defragment succeeded',
    ])
  })
})
