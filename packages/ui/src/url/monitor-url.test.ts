import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ALL_MEMBERS,
  type MonitorView,
  PRESETS,
  parseMonitorUrl,
  printMonitorUrl,
  REFRESH_SECONDS,
  windowSeconds,
} from './monitor-url.ts'

const DEFAULTS: MonitorView = {
  member: ALL_MEMBERS,
  window: { kind: 'last', range: '1h' },
  refresh: 'auto',
  picks: new Map(),
}

const views: fc.Arbitrary<MonitorView> = fc
  .record({
    member: fc.oneof(fc.constant(ALL_MEMBERS), fc.bigInt({ min: 1n, max: (1n << 64n) - 1n }).map(String)),
    window: fc.oneof(
      fc.constantFrom(...PRESETS).map((range) => ({ kind: 'last' as const, range })),
      fc
        .tuple(fc.integer({ min: 0, max: 4e9 }), fc.integer({ min: 1, max: 7_776_000 }))
        .map(([start, span]) => ({ kind: 'fixed' as const, start, end: start + span })),
    ),
    step: fc.option(fc.integer({ min: 1, max: 86_400 }), { nil: undefined }),
    refresh: fc.constantFrom('auto' as const, 'off' as const, ...REFRESH_SECONDS),
    picks: fc
      .array(
        fc.tuple(fc.stringMatching(/^chart[A-Z][a-z]{1,9}$/), fc.stringMatching(/^[a-z][a-z_]{1,20}$/)),
        {
          maxLength: 4,
        },
      )
      .map((pairs) => new Map(pairs)),
  })
  .map(({ step, ...view }) => (step === undefined ? view : { ...view, step }))

describe('the URL of Monitor', () => {
  it('says everything the page shows: printing and parsing come back to the same view', () => {
    fc.assert(
      fc.property(views, (view) => {
        const { view: parsed, rejected } = parseMonitorUrl(printMonitorUrl(view))
        expect(parsed).toEqual(view)
        expect(rejected).toEqual([])
      }),
    )
  })

  it('leaves defaults out and keeps one order', () => {
    expect(printMonitorUrl(DEFAULTS)).toBe('')
    expect(
      printMonitorUrl({
        picks: new Map([['chartWALFsync', 'etcd_x']]),
        refresh: 30,
        step: 60,
        window: { kind: 'fixed', start: 1, end: 100 },
        member: '7',
      }),
    ).toBe('?member=7&start=1&end=100&step=60&refresh=30&pick=chartWALFsync:etcd_x')
  })

  it.each([
    ['?member=0', ['member=0']],
    ['?member=18446744073709551616', ['member=18446744073709551616']],
    ['?range=1h30m', ['range=1h30m']],
    ['?range=91d', ['range=91d']],
    ['?range=', ['range=']],
    ['?start=100&end=100', ['start=100']],
    ['?start=100', ['start=100']],
    ['?start=1&end=7776002', ['start=1']],
    ['?start=-5&end=100', ['start=-5']],
    ['?step=0', ['step=0']],
    ['?refresh=7', ['refresh=7']],
    [`?range=${'9'.repeat(100)}`, [`range=${'9'.repeat(64)}`]],
  ])('replaces what it cannot use in %s by the default, and names it', (search, rejected) => {
    const parsed = parseMonitorUrl(search)
    expect(parsed.rejected).toEqual(rejected)
    expect(parsed.view).toEqual(DEFAULTS)
  })

  it('drops what it does not know without a word', () => {
    expect(parseMonitorUrl('?colour=red&x=%3Cscript%3E&pick=nonsense')).toEqual({
      view: DEFAULTS,
      isBare: true,
      rejected: [],
    })
  })

  it('names the panel that fills the page', () => {
    const { view, rejected } = parseMonitorUrl('?range=6h&panel=chartCPU')
    expect(view).toMatchObject({ panel: 'chartCPU', window: { kind: 'last', range: '6h' } })
    expect(printMonitorUrl(view)).toBe('?range=6h&panel=chartCPU')
    expect(rejected).toEqual([])
    expect(parseMonitorUrl('?panel=a%20b')).toMatchObject({ rejected: ['panel=a b'] })
  })

  it('lets an absolute window win over a range', () => {
    expect(parseMonitorUrl('?range=6h&start=10&end=20').view.window).toEqual({
      kind: 'fixed',
      start: 10,
      end: 20,
    })
  })

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => void parseMonitorUrl(text)))
  })
})

it('knows how long a window is', () => {
  expect(windowSeconds({ kind: 'last', range: '7d' })).toBe(604_800)
  expect(windowSeconds({ kind: 'fixed', start: 10, end: 70 })).toBe(60)
})
