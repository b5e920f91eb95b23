import { expect, it } from 'vitest'
import { listConditions, listFindings, listNames } from './listed.ts'

it('lists all that fit', () => {
  expect(listNames(['alpha', 'beta'])).toBe('alpha, beta')
  expect(listConditions(['alpha is down', 'nobody leads'])).toBe('alpha is down; nobody leads')
  expect(listFindings([])).toBe('')
})

it('leaves whole items out, and says how many', () => {
  const findings = Array.from({ length: 9 }, (_, i) => `${i} ${'x'.repeat(98)}`)
  expect(listFindings(findings)).toBe(`${findings.slice(0, 4).join('; ')}; and 5 more`)
  const names = Array.from({ length: 64 }, (_, i) => `member-${i + 10}`)
  expect(listNames(names)).toMatch(/^member-10, .*, member-26, and 47 more$/)
})

it('cuts the first item where not even that fits', () => {
  const long = 'x'.repeat(900)
  expect(listFindings([long])).toBe(`${'x'.repeat(499)}…`)
  const text = listNames([long, 'beta', 'gamma'])
  expect(text).toMatch(/^x+…, and 2 more$/)
  expect(text).toHaveLength(200)
})
