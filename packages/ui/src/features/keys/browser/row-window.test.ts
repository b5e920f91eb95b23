import { expect, it } from 'vitest'
import { rowsInView, scrollTo, turn } from './row-window.ts'

const place = (top: number) => ({ top, height: 100, rowHeight: 20 })

it('rows in view are those of the place, and ten on each side, as many everywhere', () => {
  const ends = (top: number) => {
    const rows = rowsInView(1_000, place(top))
    return [rows[0], rows.at(-1), rows.length]
  }
  expect(ends(0)).toEqual([0, 25, 26])
  expect(ends(400)).toEqual([10, 35, 26])
  expect(ends(419)).toEqual([10, 35, 26])
  expect(ends(19_900)).toEqual([974, 999, 26])
  expect(rowsInView(3, place(0))).toEqual([0, 1, 2])
  expect(rowsInView(3, place(4_000))).toEqual([0, 1, 2])
  expect(rowsInView(0, place(0))).toEqual([])
})

it('a row keeps its element while others come and go', () => {
  expect(turn([0, 1, 2, 3], 0)).toEqual([0, 1, 2, 3])
  expect(turn([0, 1, 2, 3], 1)).toEqual([1, 2, 3, 0])
  expect(turn([1, 2, 3, 0], -3)).toEqual([2, 3, 0, 1])
  expect(turn([1, 2, 3, 0], 4)).toEqual([1, 2, 3, 0])
  expect(turn([], 7)).toEqual([])
})

it('a row is scrolled to as little as it takes', () => {
  expect(scrollTo(3, place(0))).toBe(0)
  expect(scrollTo(5, place(0))).toBe(20)
  expect(scrollTo(2, place(400))).toBe(40)
})
