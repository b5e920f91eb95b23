import { expect, it } from 'vitest'
import { en } from '../../i18n/en.ts'
import type { Refresh } from '../../url/monitor-url.ts'
import { refreshPeriod } from './refresh-period.ts'
import { rangeText, refreshOptions, shortRange } from './toolbar-options.ts'

it.each<[Refresh, number, number, number | undefined]>([
  ['off', 10, 30, undefined],
  ['auto', 10, 30, 30],
  ['auto', 30, 5, 30],
  ['auto', 10, 1_800, 300],
  [5, 10, 30, 10],
  [60, 10, 30, 60],
])(
  'refreshes on %s, scraped every %d s, drawn in steps of %d s, every %s s',
  (refresh, interval, step, seconds) => {
    expect(refreshPeriod(refresh, interval, step)).toBe(seconds)
  },
)

it('offers nothing faster than scrapes come', () => {
  expect(refreshOptions(30, 60, en).map(({ text }) => text)).toEqual([
    'Auto 1 min',
    'Every 30 s',
    'Every 1 min',
    'Every 3 min',
    'Every 5 min',
    'Off',
  ])
})

it.each([
  ['45m', 'Last 45 minutes', '45 min'],
  ['1h', 'Last 1 hour', '1 h'],
  ['30d', 'Last 30 days', '30 d'],
])('says %s as %s, and shortly as %s', (range, text, short) => {
  expect(rangeText(range, en)).toBe(text)
  expect(shortRange(range)).toBe(short)
})
