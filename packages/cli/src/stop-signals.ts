import { untilNpxEnds } from './npx.ts'

/** How a program of ours is asked to end. */
export interface Stop {
  /** Aborts when it should end in good order. */
  readonly stop: AbortSignal
  /** Aborts when it should end at once. */
  readonly force: AbortSignal
}

/**
 * The first of these events of the process aborts `stop`, the second `force`; the end of the npx above us counts as one.
 * Until disposed of, these signals do not end the process by themselves.
 */
export function onStopSignals(names: readonly (NodeJS.Signals | 'disconnect')[]): Stop & Disposable {
  const stop = new AbortController()
  const force = new AbortController()
  const over = new AbortController()
  const ask = () => (stop.signal.aborted ? force : stop).abort()
  for (const name of names) process.on(name, ask)
  void untilNpxEnds(over.signal).then(() => over.signal.aborted || ask())
  return {
    stop: stop.signal,
    force: force.signal,
    [Symbol.dispose]() {
      over.abort()
      for (const name of names) process.off(name, ask)
    },
  }
}

export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
