import { type Accessor, batch, createSignal, onCleanup } from 'solid-js'
import { type DryRunAnswer, type RemovedAnswer, SHAPES } from '../../../api/answers.ts'
import { type Client, isProblem } from '../../../api/client.ts'
import type { Problem } from '../../../api/problem.ts'
import { KEY_TIMEOUT } from '../key-timeout.ts'

/** More are deleted in parts of this many: one transaction holds up every write of the cluster. */
export const PART = 100_000

/** A directory as the API is asked to delete it. */
export interface RemovalTarget {
  readonly path: 'kv/v3/delete' | 'kv/v2/delete'
  readonly body: Readonly<Record<string, string | boolean>>
}

/**
 * | state | what enters it | what leaves it |
 * | --- | --- | --- |
 * | `counting` | `count`, by itself after a refusal | the number came, or did not |
 * | `counted` | the number came | `run`, `count` |
 * | `running` | `run` with that number | all is deleted, `stop` and the part under way is over, a refusal |
 * | `stopped` | `stop`, once the part is over | `count` |
 * | `failed` | the number did not come | `count` |
 */
type RemovalState = 'counting' | 'counted' | 'running' | 'stopped' | 'failed'

export interface Removal {
  readonly state: Accessor<RemovalState>
  /** What is there to delete. */
  readonly counted: Accessor<Pick<DryRunAnswer, 'count' | 'sample'> | undefined>
  /** Why the last delete ended early, or nothing could be counted. */
  readonly problem: Accessor<Problem | undefined>
  /** Keys that are gone, and those that are left: of a delete that is under way, or was stopped. */
  readonly progress: Accessor<{ readonly deleted: number; readonly left: number }>
  readonly isStopping: Accessor<boolean>
  readonly count: () => void
  /** Deletes as many keys as were counted, or none. What was deleted in all; undefined: not everything. */
  readonly run: () => Promise<RemovedAnswer | undefined>
  /** After the part that is under way. */
  readonly stop: () => void
}

export function createRemoval(client: Client, { path, body }: RemovalTarget): Removal {
  const [state, setState] = createSignal<RemovalState>('counting')
  const [counted, setCounted] = createSignal<Pick<DryRunAnswer, 'count' | 'sample'>>()
  const [problem, setProblem] = createSignal<Problem>()
  const [progress, setProgress] = createSignal({ deleted: 0, left: 0 })
  const [isStopping, setStopping] = createSignal(false)
  const abort = new AbortController()
  onCleanup(() => abort.abort()) // of the count alone: a delete is not taken back

  async function count(): Promise<void> {
    setState('counting')
    try {
      const answer = await client.post<Pick<DryRunAnswer, 'count' | 'sample'>>(
        path,
        { ...body, dry_run: true },
        { shape: SHAPES.counted, signal: abort.signal, timeout: KEY_TIMEOUT },
      )
      batch(() => {
        setCounted(answer)
        setState('counted')
      })
    } catch (error) {
      if (abort.signal.aborted) return
      if (!isProblem(error)) throw error
      batch(() => {
        setProblem(error)
        setState('failed')
      })
    }
  }

  const removePart = (left: number) =>
    client.post<RemovedAnswer>(
      path,
      { ...body, expected_count: left, ...(left > PART && path === 'kv/v3/delete' && { limit: PART }) },
      { shape: SHAPES.removed, timeout: KEY_TIMEOUT },
    )

  async function removeAll(all: number): Promise<RemovedAnswer | undefined> {
    let deleted = progress().deleted
    for (let left = all; ; ) {
      const answer = await removePart(left)
      deleted += answer.deleted
      left = answer.remaining ?? 0
      setProgress({ deleted, left })
      if (left === 0) return { ...answer, deleted }
      if (isStopping()) {
        setState('stopped')
        return undefined
      }
    }
  }

  return {
    state,
    counted,
    problem,
    progress,
    isStopping,
    count: () => {
      setProblem(undefined)
      void count()
    },
    stop: () => setStopping(true),
    run: async () => {
      const all = counted()?.count
      if (all === undefined || state() !== 'counted') return undefined
      batch(() => {
        setState('running')
        setProblem(undefined)
        setStopping(false)
        setProgress((before) => ({ ...before, left: all }))
      })
      try {
        return await removeAll(all)
      } catch (error) {
        if (!isProblem(error)) throw error
        setProblem(error)
        await count()
        return undefined
      }
    },
  }
}
