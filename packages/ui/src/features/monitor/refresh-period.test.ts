import { expect, it } from 'vitest'
import { en } from '../../i18n/en.ts'
import type { Refresh } from '../../url/monitor-url.ts'
import { refreshPeriod } from './refresh-period.ts'
import { FIXED, rangeOptions, refreshOptions } from './toolbar-options.ts'

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

it('offers the presets, and what is shown where that is none of them', () => {
  expect(rangeOptions('1h', undefined, en).map(({ text }) => text)).toHaveLength(12)
  expect(rangeOptions('45m', undefined, en)[0]).toEqual({ value: '45m', text: 'Last 45 minutes' })
  expect(rangeOptions(FIXED, '21 Sep 14:00 – 15:30', en)[0]).toEqual({
    value: FIXED,
    text: '21 Sep 14:00 – 15:30',
  })
  expect(rangeOptions('1h', undefined, en).find(({ value }) => value === '1h')?.text).toBe('Last 1 hour')
})
