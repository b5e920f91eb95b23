import { expect, it } from 'vitest'
import data from '../fixtures/metrics-data.json' with { type: 'json' }
import { fnv1a, scrapeOffset } from './scrape-offset.ts'

interface Wanted {
  readonly fnv1a: number
  readonly at_30000: number
  readonly at_1000: number
}

const wanted = data.vectors.find(({ id }) => id === 'offset')?.expect as unknown as Record<string, Wanted>

it.each(Object.entries(wanted))('shifts member %s as the vector says', (memberId, values) => {
  expect(fnv1a(memberId)).toBe(values.fnv1a)
  expect(scrapeOffset(memberId, 30_000)).toBe(values.at_30000)
  expect(scrapeOffset(memberId, 1_000)).toBe(values.at_1000)
})
