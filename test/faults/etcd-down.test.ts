import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { startConsole } from '../setup/console/console.ts'
import { eventually } from '../setup/eventually.ts'

interface Endpoint {
  readonly endpoint: string
  readonly ok: boolean
  readonly stage: string
  readonly kind: string
  readonly error: string
}

it('F5 starts while every etcd endpoint is down, lets the admin in, and says which one fails at which stage', async () => {
  const [port] = await freePorts(1)
  const endpoints = [`http://127.0.0.1:${port}`, 'http://no-such-host.invalid:2379']
  await using console = await startConsole({ endpoints })
  await console.signIn()

  const failed = await eventually('both endpoints are judged', async () => {
    const { status, body } = await console.get('/api/status')
    expect(status).toBe(200)
    const views = body.endpoints as readonly Endpoint[]
    return views.every(({ stage, ok, kind }) => !ok && stage !== '' && kind !== '') && body
  })
  expect(failed.endpoints).toMatchObject([
    { endpoint: endpoints[0], ok: false, stage: 'tcp', kind: 'refused' },
    { endpoint: endpoints[1], ok: false, stage: 'dns', kind: 'dns' },
  ])
  for (const { error } of failed.endpoints as readonly Endpoint[]) expect(error).not.toBe('')
  expect(failed).toMatchObject({ cluster_id: '', members: [], stale: true, health: { state: 'unknown' } })
  expect((await console.get('/api/members')).body).toMatchObject({ members: [], stale: true })
  expect((await console.get('/healthz')).status).toBe(200)
  expect((await console.get('/readyz')).status).toBe(200)
})

needServer('etcd', () => {
  it('F4 serves history and sign-in while all members are down, and takes up again when they return', async () => {
    await using cluster = await startEtcdCluster({ members: 3 })
    await using console = await startConsole({ endpoints: cluster.endpoints })
    await console.signIn()
    const path = '/api/range?metrics=process_resident_memory_bytes&member_id=all&format=columns&range=5m'
    const points = async () => {
      const { status, body } = await console.get(path)
      expect(status).toBe(200)
      const series = Object.values(body.series as Record<string, Record<string, (number | null)[]>>)
      return series.map((one) => Object.values(one)[0]?.filter((value) => value !== null).length ?? 0)
    }
    await eventually('three members have history', async () => {
      const counts = await points()
      return counts.length === 3 && counts.every((count) => count >= 2)
    })

    await Promise.all(cluster.members.map((member) => member.kill()))
    await eventually('all members are unreachable', async () => {
      const { body } = await console.get('/api/members')
      return (body.members as { status: string }[]).every(({ status }) => status === 'unreachable')
    })
    const before = await points()
    expect(before.every((count) => count >= 2)).toBe(true)
    await console.signIn()
    expect((await console.get('/api/status')).body.health).toMatchObject({ state: 'critical' })

    await Promise.all(cluster.members.map((member) => member.restart()))
    await eventually('all three are scraped again', async () => {
      const now = await points()
      return now.every((count, i) => count > (before[i] ?? 0) + 1)
    })
    await eventually('healthy again', async () => {
      const { body } = await console.get('/api/status')
      return (body.health as { state: string }).state === 'healthy'
    })
  })
})
