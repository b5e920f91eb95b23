import { describe, expect, it } from 'vitest'
import type { WindowData } from '../range/window-data.ts'
import { findSilence } from './silence.ts'

const STEP = 10_000
const names = { '7': 'etcd-1', '8': 'etcd-2' } as const
const members = Object.entries(names).map(([id, name]) => ({ id, name }))

/** `collector_up` per slot, by member. */
function silence(up: Readonly<Record<string, readonly (number | null)[]>>, listed = members) {
  const slots = Object.values(up)[0]?.length ?? 0
  const times = Array.from({ length: slots }, (_, i) => i * STEP)
  const columns = (values: readonly (number | null)[]) => ({
    series: new Map([['collector_up', values]]),
    stats: new Map(),
    bands: new Map(),
  })
  const data: WindowData = {
    from: 0,
    to: slots * STEP,
    step: STEP,
    part: STEP,
    times,
    members: new Map(Object.entries(up).map(([id, values]) => [id, columns(values)])),
    unknown: new Set(),
    at: 0,
  }
  return findSilence(Object.keys(up), data, { members: listed, interval: STEP })
}

describe('a slot is silent', () => {
  it('where a scrape failed, and says whose', () => {
    expect(silence({ '7': [1, 0, 1, 1], '8': [1, 1, 1, 1] })).toEqual([
      { index: 1, names: ['etcd-1'], all: false },
    ])
  })

  it('where nothing was written between two scrapes', () => {
    expect(silence({ '7': [1, null, 1, 1] })).toEqual([{ index: 1, names: ['etcd-1'], all: true }])
  })

  it('for all where none of those drawn was scraped', () => {
    expect(silence({ '7': [1, 0, 1, 1], '8': [1, null, 1, 1] })).toEqual([
      { index: 1, names: ['etcd-1', 'etcd-2'], all: true },
    ])
  })

  it('after the last scrape of a member, once the next is overdue', () => {
    expect(silence({ '7': [1, 1, null, null, null] }).map(({ index }) => index)).toEqual([2])
  })
})

describe('a slot is not silent', () => {
  it('before the first scrape: nobody was there to be asked', () => {
    expect(silence({ '7': [null, null, 1, 1], '8': [1, 1, 1, 1] })).toEqual([])
    expect(silence({ '7': [null, null, null] })).toEqual([])
  })

  it('after a member has left', () => {
    expect(silence({ '9': [1, null, null, null, null, null] })).toEqual([])
  })
})
