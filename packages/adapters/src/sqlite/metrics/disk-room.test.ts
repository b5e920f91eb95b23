import { expect, it } from 'vitest'
import { judgeRoom, type Room } from './disk-room.ts'

const MIB = 1_048_576
const TIB = 1_048_576 * MIB

it.each<[free: number, size: number, before: Room, room: Room]>([
  [10, 100, 'enough', 'enough'],
  [9, 100, 'enough', 'low'],
  [5, 100, 'low', 'low'],
  [4, 100, 'enough', 'full'],
  [6, 100, 'full', 'full'],
  [7, 100, 'full', 'low'],
  [512, TIB / MIB, 'enough', 'enough'],
  [511, TIB / MIB, 'enough', 'low'],
  [255, TIB / MIB, 'enough', 'full'],
  [320, TIB / MIB, 'full', 'low'],
])('%i MiB free of %i after %s: %s', (free, size, before, room) => {
  expect(judgeRoom({ free: free * MIB, size: size * MIB }, before)).toBe(room)
})
