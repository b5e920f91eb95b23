import { describe, expect, it } from 'vitest'
import { ALPHA, startRig, THREE, ticksOf, valueIn } from '../collector-rig.contract.ts'

const PAGE = 'etcd_server_has_leader 1\netcd_mvcc_put_total 7\n'
/** The decimal id of ALPHA, as a page writes it. */
const NAMED = `${PAGE}etcd_server_id{server_id="8e9e05c52164694d"} 1\n`
const OTHER = '5'
const STRANGE = `${PAGE}etcd_server_id{server_id="5"} 1\n`

describe('a page of which Status says that somebody else answers', () => {
  it.each([
    [
      'F10 another member, on a page without a name',
      { memberId: OTHER },
      PAGE,
      /^parse: the page is that of another/,
    ],
    [
      'F11 another cluster',
      { clusterId: OTHER },
      PAGE,
      /^parse: what answers there belongs to another cluster/,
    ],
    [
      'F11 another cluster with the same member id',
      { clusterId: OTHER },
      NAMED,
      /^parse: what answers there/,
    ],
    [
      'F11 another cluster, on a page that names another member',
      { clusterId: OTHER },
      STRANGE,
      /^parse: what answers there/,
    ],
  ] as const)('%s: stores nothing of it and says why', async (_, status, page, why) => {
    const { clock, cluster, store, stop } = await startRig({ members: THREE.slice(0, 1) })
    cluster.setPage(ALPHA, PAGE)
    await clock.advance(35_000)
    cluster.setPage(ALPHA, page)
    cluster.setStatus(ALPHA, status)
    await clock.advance(30_000)
    const ticks = ticksOf(store.batches, ALPHA)
    expect([30_000, 60_000].map((at) => valueIn(ticks.get(at), 'collector_up'))).toEqual([1, 0])
    expect(valueIn(ticks.get(60_000), 'put')).toBeUndefined()
    expect(valueIn(ticks.get(60_000), 'status_up')).toBe(0)
    expect(store.described.at(-1)?.members[0]?.scrapeError).toMatch(why)
    await stop()
  })

  it('M2 believes a page that names the member that was asked, whoever answers Status', async () => {
    const { clock, cluster, store, stop } = await startRig({ members: THREE.slice(0, 1) })
    cluster.setPage(ALPHA, NAMED)
    await clock.advance(20_000)
    cluster.setStatus(ALPHA, { memberId: OTHER })
    await clock.advance(15_000)
    const tick = ticksOf(store.batches, ALPHA).get(30_000)
    expect(['collector_up', 'put', 'status_up'].map((source) => valueIn(tick, source))).toEqual([1, 7, 0])
    await stop()
  })
})
