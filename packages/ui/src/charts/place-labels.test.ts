import { expect, it } from 'vitest'
import { placeLabels } from './place-labels.ts'

const HEIGHT = 11
const GAP = 8

it('begins every label at the edge where they are apart', () => {
  expect(
    placeLabels(
      [
        { y: 10, width: 60 },
        { y: 40, width: 60 },
      ],
      HEIGHT,
      GAP,
    ),
  ).toEqual([0, 0])
})

it('puts a label beside those that it would be written over', () => {
  const labels = [
    { y: 100, width: 60 },
    { y: 94, width: 80 },
    { y: 106, width: 50 },
    { y: 20, width: 50 },
  ]
  expect(placeLabels(labels, HEIGHT, GAP)).toEqual([0, 68, 68, 0])
})
