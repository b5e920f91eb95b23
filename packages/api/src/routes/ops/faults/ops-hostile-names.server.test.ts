import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEtcd, openOpsApi, putTimes } from '../../../ops-rig.contract.ts'

/** All that etcd takes as a name: it separates names by commas and equals signs. */
const HOSTILE = '@SUM(1+1)*<img src=x onerror="alert(1)">\r\nX-Evil: 1\u202e../../"; filename="x.exe'
const CONTROL = /\p{Cc}|\p{Cf}/u

describe.each(etcdVersions())('a member of etcd $version whose name is an attack', (server) => {
  const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts
  let servers: Servers
  beforeAll(async () => {
    if (isMissing) return
    servers = await startEtcdCluster({ members: 3, binary: server.path })
    await servers.members[0]?.restart(HOSTILE)
  })
  afterAll(() => servers?.dispose())

  it.skipIf(isMissing)(
    'OP33 is a text in messages, answers, runs, file names, audit rows and CSV',
    async () => {
      const etcd = openEtcd(servers.endpoints)
      await putTimes(etcd, { times: 30 })
      await etcd.view({ maxAge: 0, wait: 4_000 })
      const { get, post, send, token, untilEnded, state } = await openOpsApi({ etcd })
      const isHostile = ({ name }: { readonly name: string }) => name.startsWith('@SUM')
      const of = async () =>
        (await get('/api/members')).json.members as { id: string; name: string; is_leader: boolean }[]
      const { id = '', name = '' } = (await of()).find(isHostile) ?? {}
      expect(name).toContain('<img src=x')
      const other = (await of()).find((one) => !isHostile(one))?.id

      const plan = (await post('/api/ops/defragment', { member_id: id, dry_run: true })).json
      expect(plan.steps[0].member_name).toBe(name)
      const texts = [...plan.blockers, ...plan.warnings].map(({ message }: { message: string }) => message)
      const done = [
        await post('/api/ops/defragment', { member_id: id }),
        await post('/api/ops/defragment', { member_ids: 'all', move_leader: true }),
        await post('/api/ops/hashkv'),
        await post('/api/ops/compact', { retain_count: 5 }),
        await moveTo(other ?? ''),
        await moveTo(id),
      ]
      for (const answer of done) expect(answer.status).toBe(200)
      const refused = await post('/api/ops/move-leader', { target_member_id: id })
      expect(refused).toMatchObject({ status: 409, json: { code: 'already_leader' } })
      texts.push(refused.json.error)
      for (const { json } of done) {
        const run = await untilEnded(json.run_id)
        expect(run.state).toBe('succeeded')
        texts.push(...run.steps.map(({ message }: { message: string }) => message))
      }
      expect(texts.filter((text) => text.includes('@SUM')).length).toBeGreaterThan(3)
      expect(texts.filter((text) => CONTROL.test(text))).toEqual([])

      const headers = { authorization: `Bearer ${token}` }
      const snapshot = await send(`/api/ops/snapshot?member_id=${id}`, { headers })
      expect(snapshot.headers.get('x-evil')).toBeNull()
      expect(snapshot.headers.get('content-disposition')).toMatch(
        /^attachment; filename="etcd-snapshot-[A-Za-z0-9._-]{1,64}-\d{8}-\d{6}\.db"$/,
      )

      const { entries } = (await get('/api/ops/audit-logs?operation=defragment')).json
      const targets = entries.map(({ target }: { target: string }) => target)
      expect(targets.filter((target: string) => target.startsWith('@SUM'))).toHaveLength(2)
      const all = await state.audit.page({}, { size: 200 })
      const csv = await send('/api/ops/audit-logs/export', { headers })
      const rows = parseCsv(csv.text)
      expect(rows).toHaveLength(all.entries.length + 1)
      for (const row of rows) expect(row).toHaveLength(10)
      const cells = rows.flat().filter((cell) => cell.includes('@SUM'))
      expect(cells.length).toBeGreaterThan(2)
      expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([])

      async function moveTo(target: string) {
        const leader = (await of()).find((one) => one.is_leader)?.id
        if (leader === target)
          await post('/api/ops/move-leader', { target_member_id: target === id ? other : id })
        return post('/api/ops/move-leader', { target_member_id: target })
      }
    },
  )
})

/** Quoted fields, quotes doubled, rows that end with CRLF (api.md 8.9). */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (const [, quoted = '', end] of text.replace(/^\ufeff/, '').matchAll(/"((?:[^"]|"")*)"(,|\r\n)/g)) {
    row.push(quoted.replaceAll('""', '"'))
    if (end === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
