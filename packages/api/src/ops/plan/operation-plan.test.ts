import { expect, it } from 'vitest'
import { describeWarnings } from './operation-plan.ts'

const warningsOf = (...messages: readonly string[]) => ({
  blockers: [],
  warnings: messages.map((message) => ({ code: 'disk_space' as const, message })),
})

it('names every warning that there is room for, and how many more there are', () => {
  expect(describeWarnings(warningsOf())).toBe('Nothing stands in the way.')
  expect(describeWarnings(warningsOf('a is the leader', 'b is full'))).toBe('a is the leader; b is full')
  const long = Array.from({ length: 9 }, (_, at) => `${at} ${'x'.repeat(98)}`)
  const told = describeWarnings(warningsOf(...long))
  expect(told.length).toBeLessThanOrEqual(500)
  expect(told).toBe(`${long.slice(0, 4).join('; ')}; and 5 more`)
})

it('cuts a single one that is too long', () => {
  expect(describeWarnings(warningsOf('x'.repeat(600), 'y')).length).toBeLessThanOrEqual(500)
})
