import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createInstants } from './read-instant.ts'

it('reads every instant as it is, whatever was read before', () => {
  const read = createInstants()
  const instant = fc.integer({ min: 0, max: 9_214_646_400_000 })
  fc.assert(
    fc.property(fc.array(instant), (instants) => {
      for (const at of instants) {
        const text = new Date(at).toISOString()
        expect(read(text)).toBe(at)
        expect(read(text.replace(/\.?0+Z$/, 'Z'))).toBe(Date.parse(text.replace(/\.?0+Z$/, 'Z')))
      }
    }),
  )
  expect(read('2026-11-29T00:23:35.289750678Z')).toBe(Date.UTC(2026, 10, 29, 0, 23, 35, 289))
  expect(read('')).toBeNaN()
})
