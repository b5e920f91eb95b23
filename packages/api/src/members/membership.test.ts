import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import type { ClusterView, MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { MetricsReader, StoredMember } from '@etcdmonitor/core/ports/metrics-store'
import { describe, expect, it } from 'vitest'
import { findMember, membersWithData } from './find-member.ts'
import { createMemberBook } from './member-book.ts'
import { toMembership } from './membership.ts'

const INTERVAL = 30_000
const NEWEST = 1_790_000_000_000

const listed = (id: string, over: Partial<MemberView> = {}): MemberView => ({
  id,
  name: `m${id}`,
  clientUrls: [],
  peerUrls: [],
  isLearner: false,
  endpoint: '',
  configuredIndex: -1,
  ...over,
})
const view = (members: readonly MemberView[], over: Partial<ClusterView> = {}): ClusterView => ({
  members,
  endpoints: [],
  stale: false,
  ...(members.length > 0 && { clusterId: '9' }),
  ...over,
})
const stored = (
  memberId: string,
  over: Partial<StoredMember> & { clusterId?: string } = {},
): StoredMember => {
  const { clusterId = '9', ...rest } = over
  return { member: { clusterId, memberId }, firstAt: 0, newestAt: NEWEST, newestOkAt: NEWEST, ...rest }
}
const info = (memberId: string, name: string) => ({
  memberId,
  name,
  serverVersion: '',
  clusterVersion: '',
  goVersion: '',
  scrapeError: '',
})

describe('membership', () => {
  it('takes the member of the first configured endpoint as default, else the first listed', () => {
    expect(
      toMembership(view([listed('1'), listed('2', { configuredIndex: 0 })]), [], INTERVAL).defaultId,
    ).toBe('2')
    expect(
      toMembership(view([listed('1'), listed('2', { configuredIndex: 1 })]), [], INTERVAL).defaultId,
    ).toBe('1')
    expect(toMembership(view([]), [], INTERVAL)).toMatchObject({ current: [], defaultId: '', clusterId: '' })
  })

  it('is that of the store while no view was ever had: the newest cluster, without members that were removed', () => {
    const known = [
      stored('20', { info: info('20', 'beta') }),
      stored('3', { info: info('3', 'alpha'), newestAt: NEWEST - 90_000 }),
      stored('100', { info: info('100', 'beta') }),
      stored('4', { info: info('4', 'removed'), newestAt: NEWEST - 90_001 }),
      stored('5', { clusterId: '8', newestAt: NEWEST - 1 }),
    ]
    const { clusterId, current, defaultId } = toMembership(view([]), known, INTERVAL)
    expect([clusterId, defaultId, ...current.map(({ id }) => id)]).toEqual(['9', '3', '3', '20', '100'])
  })

  it('joins what the store knows to listed members, of their own cluster alone', () => {
    const { current } = toMembership(
      view([listed('1')]),
      [stored('1', { clusterId: '8' }), stored('1')],
      INTERVAL,
    )
    expect(current[0]?.stored?.member.clusterId).toBe('9')
  })
})

describe('finding a member', () => {
  const membership = toMembership(
    view([listed('1')]),
    [
      stored('7', { clusterId: '8' }),
      stored('7', { newestAt: NEWEST - 1 }),
      stored('6', { clusterId: '5', newestAt: NEWEST - 2 }),
      stored('6', { clusterId: '4', newestAt: NEWEST - 1 }),
    ],
    INTERVAL,
  )

  it.each([
    ['default', '9', '1'],
    ['1', '9', '1'],
    ['7', '9', '7'],
    ['6', '4', '6'],
  ])('takes %s for member of cluster %s', (id, clusterId, memberId) => {
    expect(findMember(membership, id)).toEqual({ clusterId, memberId })
  })

  it('D4 refuses an id that is neither listed nor has history', () => {
    expect(() => findMember(membership, '2')).toThrow(expect.objectContaining({ code: 'member_not_found' }))
  })

  it('does not deny a member while the store does not answer', () => {
    const storeError = new AppError('storage_unavailable', 'gone')
    expect(() => findMember({ ...membership, storeError }, '2')).toThrow(storeError)
  })

  it('finds nobody behind the default while nobody is known', () => {
    expect(findMember(toMembership(view([]), [], INTERVAL), 'default')).toBeUndefined()
  })

  it('lists who has data in a window, once per id', () => {
    const window = { from: NEWEST - 1, to: NEWEST + 1 }
    expect(membersWithData(membership, window)).toEqual([
      { clusterId: '4', memberId: '6' },
      { clusterId: '9', memberId: '7' },
    ])
    expect(membersWithData(membership, { from: NEWEST + 1, to: NEWEST + 2 })).toEqual([])
  })
})

it.each([
  [1_000, 1_000],
  [30_000, 5_000],
])('collecting every %d ms, serves views of at most %d ms', async (interval, maxAge) => {
  const asked: unknown[] = []
  const etcd = {
    view: async (options?: object) => {
      asked.push(options)
      return view([listed('1')], { probedAt: NEWEST })
    },
  }
  const book = createMemberBook(
    { etcd, metrics: { members: async () => [] }, clock: manualClock(NEWEST) },
    interval,
  )
  await book.read()
  expect(asked).toEqual([{ maxAge, wait: 300 }])
})

it.each([
  ['as long as one asks who polls', 44_000, 1],
  ['not when it was long ago: a probe once a minute is told of now', 46_000, 2],
] as const)('serves the last view %s', async (_, age, looks) => {
  const waits: unknown[] = []
  const etcd = {
    view: async (options?: { readonly wait?: number }) => {
      waits.push(options?.wait)
      return view([listed('1')], { probedAt: NEWEST - age })
    },
  }
  const metrics = { members: async () => [] }
  await createMemberBook({ etcd, metrics, clock: manualClock(NEWEST) }, 30_000).read()
  expect(waits).toEqual([300, 1_700].slice(0, looks))
})

describe('a store that collectors of several clusters write to', () => {
  const all = [stored('1', { clusterId: '8' }), stored('2', { newestAt: NEWEST - 1 })]
  const open = (seen: () => ClusterView, list: readonly StoredMember[] = all) => {
    const asked: unknown[] = []
    const members: MetricsReader['members'] = async (scope) => {
      asked.push(scope?.clusterId)
      return list
    }
    const etcd = { view: async () => seen() }
    const metrics = { members, isShared: true }
    return { asked, book: createMemberBook({ etcd, metrics, clock: manualClock(NEWEST) }, INTERVAL) }
  }

  it('is asked for the one that etcd names, as soon as it does, and nothing of others shows', async () => {
    const { asked, book } = open(() => view([listed('2')]))
    const membership = await book.read()
    expect(membership.stored.map(({ member }) => member)).toEqual([{ clusterId: '9', memberId: '2' }])
    expect(await book.clusterId()).toBe('9')
    await book.read()
    expect(asked).toEqual([undefined, '9', '9'])
  })

  it('is not guessed at while etcd was never seen, unless one cluster alone writes to it', async () => {
    const { book } = open(() => view([]))
    expect(await book.read()).toMatchObject({ clusterId: '', current: [], stored: [] })
    expect(await book.clusterId()).toBeUndefined()
    const one = open(() => view([]), [stored('2')]).book
    expect(await one.read()).toMatchObject({ clusterId: '9', defaultId: '2' })
    expect(await one.clusterId()).toBe('9')
  })

  it('is asked for the same one while etcd is away', async () => {
    let now = view([listed('2')])
    const { asked, book } = open(() => now)
    await book.read()
    now = view([])
    expect(await book.read()).toMatchObject({ clusterId: '9', stored: [{ member: { memberId: '2' } }] })
    expect(asked.at(-1)).toBe('9')
  })
})

it('keeps the last list of the store while it does not answer, and says why', async () => {
  let answer: () => Promise<readonly StoredMember[]> = async () => [stored('1')]
  const etcd = { view: async () => view([]) }
  const clock = manualClock()
  const book = createMemberBook({ etcd, metrics: { members: () => answer() }, clock }, INTERVAL)
  expect((await book.read()).defaultId).toBe('1')
  answer = () => Promise.reject(new AppError('storage_unavailable', 'gone'))
  expect(await book.read()).toMatchObject({ defaultId: '1', storeError: { code: 'storage_unavailable' } })
  answer = () => new Promise(() => undefined)
  const waiting = book.read()
  await clock.advance(2_000)
  expect(await waiting).toMatchObject({ defaultId: '1', storeError: { code: 'storage_unavailable' } })
})
