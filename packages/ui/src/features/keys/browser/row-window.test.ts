import { expect, it } from 'vitest'
import { rowsInView, scrollTo } from './row-window.ts'

const place = (top: number) => ({ top, height: 100, rowHeight: 20 })

it('rows in view are those of the place, and ten on each side', () => {
  expect(rowsInView(1_000, place(0))).toEqual(Array.from({ length: 15 }, (_, at) => at))
  const middle = rowsInView(1_000, place(400))
  expect([middle[0], middle.at(-1)]).toEqual([10, 34])
  expect(rowsInView(3, place(0))).toEqual([0, 1, 2])
  expect(rowsInView(3, place(4_000))).toEqual([])
})

it('a row is scrolled to as little as it takes', () => {
  expect(scrollTo(3, place(0))).toBe(0)
  expect(scrollTo(5, place(0))).toBe(20)
  expect(scrollTo(2, place(400))).toBe(40)
})
