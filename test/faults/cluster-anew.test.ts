import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { eventually } from '../setup/eventually.ts'

interface Member {
  readonly id: string
  readonly status: string
}
interface Reason {
  readonly code: string
  readonly message: string
}

const membersOf = async (console: Console) => (await console.get('/api/members')).body.members as Member[]
const reasonsOf = async (console: Console) =>
  ((await console.get('/api/status')).body.health as { readonly reasons: Reason[] }).reasons

/** Three healthy members with at least two samples each. */
async function settled(console: Console): Promise<readonly Member[]> {
  return eventually('three healthy members with history', async () => {
    const members = await membersOf(console)
    const isHealthy = members.length === 3 && members.every(({ status }) => status === 'healthy')
    const counts = await Promise.all(members.map(({ id }) => countOf(console, id)))
    return isHealthy && counts.every((count) => count >= 2) && members
  })
}

/** Samples of a member that a chart of five minutes shows. */
async function countOf(console: Console, id: string): Promise<number> {
  const path = `/api/range?metrics=process_resident_memory_bytes&member_id=${id}&format=columns&range=5m`
  const { status, body } = await console.get(path)
  expect(status).toBe(200)
  const [values] = Object.values(body.series as Record<string, (number | null)[]>)
  return values?.filter((value) => value !== null).length ?? 0
}

async function fill({ endpoints }: EtcdCluster): Promise<void> {
  const key = Buffer.from('filled').toString('base64')
  for (let i = 0; i < 50; i++) await httpCall({ url: `${endpoints[0]}/v3/kv/put`, json: { key, value: key } })
}

needServer('etcd', () => {
  it('F11 shows a cluster that was made anew on the same ports, and keeps the history of the old one', async () => {
    const old = await startEtcdCluster({ members: 3 })
    await using console = await startConsole({ endpoints: old.endpoints })
    await console.signIn()
    const before = await settled(console)
    const counts = await Promise.all(before.map(({ id }) => countOf(console, id)))
    await old.dispose()
    await using _ = await startEtcdCluster({ members: 3, ports: old.ports, token: 'another' })
    const after = await eventually('the new members', async () => {
      const members = await membersOf(console)
      return (
        members.length === 3 && members.every(({ id }) => before.every((one) => one.id !== id)) && members
      )
    })
    expect(await settled(console)).toHaveLength(3)
    for (const [i, { id }] of before.entries())
      expect(await countOf(console, id), 'history of the old cluster').toBeGreaterThanOrEqual(counts[i] ?? 0)
    await console.program.waitForLine(({ json }) => json?.event === 'cluster_changed')
    expect(new Set(after.map(({ id }) => id)).size).toBe(3)
  })

  it('F59 M1 says that a cluster was wiped and started with the same flags, also to an API that starts later', async () => {
    const old = await startEtcdCluster({ members: 3 })
    await fill(old)
    await using console = await startConsole({ endpoints: old.endpoints })
    await console.signIn()
    const before = await settled(console)
    const wipedAt = Math.floor(Date.now() / 1_000)
    await old.dispose()
    await using _ = await startEtcdCluster({ members: 3, ports: old.ports })
    const told = await eventually('the reason', async () =>
      (await reasonsOf(console)).find(({ code }) => code === 'data_reset'),
    )
    expect(told.message).toMatch(/^wiped or restored at .*: the revision went from \d+ to 1$/)
    await eventually('the reset in the log of the collector', async () =>
      console.program.logs().includes('"event":"data_reset"'),
    )
    await using later = await startConsole({
      endpoints: old.endpoints,
      command: 'api',
      env: { ETCDMONITOR_STORAGE_DATA_DIR: console.folder },
    })
    await later.signIn()
    const kept = await eventually('the reason from the store', async () =>
      (await reasonsOf(later)).find(({ code }) => code === 'data_reset'),
    )
    expect(kept.message).toMatch(/^wiped or restored at .*: the revision went from \d+ to 1$/)
    expect((await later.get('/api/status')).body.data_since).toBeGreaterThanOrEqual(wipedAt)
    const after = await settled(console)
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id))
  })
})
