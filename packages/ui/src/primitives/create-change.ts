import { type Accessor, createSignal } from 'solid-js'
import { isProblem } from '../api/client.ts'
import type { Problem } from '../api/problem.ts'

/** One change that somebody confirmed: never made twice by itself. */
export interface Change<T> {
  readonly isBusy: Accessor<boolean>
  readonly problem: Accessor<Problem | undefined>
  /** What was answered; undefined: `problem` says why not. */
  readonly run: (act: () => Promise<T>) => Promise<T | undefined>
}

export function createChange<T>(): Change<T> {
  const [isBusy, setBusy] = createSignal(false)
  const [problem, setProblem] = createSignal<Problem>()
  return {
    isBusy,
    problem,
    run: async (act) => {
      setBusy(true)
      setProblem(undefined)
      try {
        return await act()
      } catch (error) {
        if (!isProblem(error)) throw error
        setProblem(error)
        return undefined
      } finally {
        setBusy(false)
      }
    },
  }
}
