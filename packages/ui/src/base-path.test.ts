import { expect, it } from 'vitest'
import { pathBelow } from './base-path.ts'

it.each([
  ['/', '/monitor', '/monitor'],
  ['/', '/', '/'],
  ['/console/', '/console/monitor', '/monitor'],
  ['/console/', '/console/', '/'],
])('below %s, %s is the page %s', (base, path, page) => {
  expect(pathBelow(base, path)).toBe(page)
})
