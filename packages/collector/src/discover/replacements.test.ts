import { expect, it } from 'vitest'
import type { Targets } from './pick-targets.ts'
import { watchReplacements } from './replacements.ts'

const targets = (names: Readonly<Record<string, string>>): Targets => ({
  clusterId: '9',
  members: Object.entries(names).map(([memberId, name]) => ({ memberId, name })),
  listed: Object.keys(names),
  voters: Object.keys(names).length,
})
const three = targets({ 1: 'a', 2: 'b', 3: 'c' })
const two = targets({ 1: 'a', 2: 'b' })

it('F10 sees a member that came under the name of one that left', () => {
  expect(watchReplacements()(three, targets({ 1: 'a', 2: 'b', 7: 'c' }))).toEqual([
    { name: 'c', from: '3', to: '7' },
  ])
})

it('F10 sees it too when the list was read in between', () => {
  const watch = watchReplacements()
  expect(watch(three, two)).toEqual([])
  expect(watch(two, targets({ 1: 'a', 2: 'b', 7: 'c' }))).toEqual([{ name: 'c', from: '3', to: '7' }])
  expect(watch(targets({ 1: 'a', 2: 'b', 7: 'c' }), two)).toEqual([])
})

it('F10 sees it too when the successor was reached before the list had its name', () => {
  const watch = watchReplacements()
  const nameless = targets({ 1: 'a', 2: 'b', 7: '' })
  expect(watch(three, nameless)).toEqual([])
  expect(watch(nameless, targets({ 1: 'a', 2: 'b', 7: 'c' }))).toEqual([{ name: 'c', from: '3', to: '7' }])
})

it.each([
  ['a new name', targets({ 1: 'a', 2: 'b', 7: 'd' })],
  ['a second member of a name that is there', targets({ 1: 'a', 2: 'b', 3: 'c', 7: 'c' })],
  ['another name of the same member', targets({ 1: 'a', 2: 'b', 3: 'd' })],
  ['a member without a name yet', targets({ 1: 'a', 2: 'b', 7: '' })],
])('sees none in %s', (_, next) => {
  expect(watchReplacements()(three, next)).toEqual([])
})
