import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type ByteHistory, type ByteStep, createByteHistory } from './byte-history.ts'

const of = (...bytes: number[]) => Uint8Array.of(...bytes)
/** Goes where the step leads, as the page does. */
function go(history: ByteHistory, step: ByteStep | undefined): ByteStep | undefined {
  if (step) history.see(step.bytes)
  return step
}

it('what was changed comes back step by step, and goes again', () => {
  const history = createByteHistory()
  expect(history.undo()).toBeUndefined()
  history.see(of(1, 2, 3))
  history.see(of(1, 9, 3))
  history.see(of(1, 9, 8))
  expect(go(history, history.undo())).toEqual({ bytes: of(1, 9, 3), at: 2 })
  expect(go(history, history.undo())).toEqual({ bytes: of(1, 2, 3), at: 1 })
  expect(history.undo()).toBeUndefined()
  expect(go(history, history.redo())).toEqual({ bytes: of(1, 9, 3), at: 1 })
  expect(go(history, history.redo())).toEqual({ bytes: of(1, 9, 8), at: 2 })
  expect(history.redo()).toBeUndefined()
})

it('another change ends what could be done again', () => {
  const history = createByteHistory()
  history.see(of(1))
  history.see(of(2))
  go(history, history.undo())
  history.see(of(3))
  expect(history.redo()).toBeUndefined()
  expect(go(history, history.undo())).toEqual({ bytes: of(1), at: 0 })
})

it('the same bytes again, as after a save, are no step', () => {
  const history = createByteHistory()
  history.see(of(1, 2))
  history.see(of(1, 3))
  history.see(of(1, 3))
  expect(go(history, history.undo())).toEqual({ bytes: of(1, 2), at: 1 })
})

it('a step that was not taken leaves things as they are', () => {
  const history = createByteHistory()
  history.see(of(1))
  history.see(of(2))
  history.undo()
  history.see(of(2, 2))
  expect(go(history, history.undo())?.bytes).toEqual(of(2))
  expect(go(history, history.undo())?.bytes).toEqual(of(1))
})

it('a thousand steps are kept, and of large ones as many as 8 MiB hold', () => {
  const history = createByteHistory()
  for (let byte = 0; byte <= 1_500; byte += 1) history.see(of(byte % 256, byte >> 8))
  let steps = 0
  while (go(history, history.undo())) steps += 1
  expect(steps).toBe(1_000)
  const large = createByteHistory()
  for (let fill = 1; fill <= 5; fill += 1) large.see(new Uint8Array(2_000_000).fill(fill))
  steps = 0
  while (go(large, large.undo())) steps += 1
  expect(steps).toBe(2)
})

it('any changes are undone to the beginning, and done again to the end', () => {
  const value = fc.uint8Array({ maxLength: 12 })
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 12 }), (values) => {
      const history = createByteHistory()
      for (const bytes of values) history.see(bytes)
      let now: Uint8Array | undefined = values.at(-1)
      for (let step = go(history, history.undo()); step; step = go(history, history.undo())) now = step.bytes
      expect(now).toEqual(values[0])
      for (let step = go(history, history.redo()); step; step = go(history, history.redo())) now = step.bytes
      expect(now).toEqual(values.at(-1))
    }),
  )
})
