import { expect, it } from 'vitest'
import { describeWarnings } from './operation-plan.ts'

const warningsOf = (...messages: readonly string[]) => ({
  blockers: [],
  warnings: messages.map((message) => ({ code: 'disk_space' as const, message })),
})

it('says what is to be known, or that there is nothing', () => {
  expect(describeWarnings(warningsOf())).toBe('Nothing stands in the way.')
  expect(describeWarnings(warningsOf('a is the leader', 'b is full'))).toBe('a is the leader; b is full')
})
