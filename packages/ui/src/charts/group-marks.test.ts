import { expect, it } from 'vitest'
import { groupMarks } from './group-marks.ts'

const mark = (at: number) => ({ key: String(at), at, icon: 'ok' as const, text: `at ${at}` })

it('gives what happened closely together one icon, and each its line', () => {
  const groups = groupMarks({ from: 1_000, to: 2_000, marks: [mark(1_100), mark(1_120), mark(1_500)] })
  expect(groups.map(({ place, lines, marks }) => [place, lines, marks.length])).toEqual([
    [0.1, [0.1, 0.12], 2],
    [0.5, [0.5], 1],
  ])
})
