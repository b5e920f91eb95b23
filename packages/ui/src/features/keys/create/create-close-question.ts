import { type Accessor, createSignal } from 'solid-js'
import { askBeforeLeaving } from '../drafts/ask-before-leaving.ts'

/** Between what was typed and the loss of it. */
export interface CloseQuestion {
  readonly isAsking: Accessor<boolean>
  /** At once where nothing would be lost, else after a question; asked again while that stands, it is a no. */
  readonly leave: (act: () => void) => void
  readonly keep: () => void
  readonly discard: () => void
}

/** A dialog that is closed, and an application that is left, ask before something typed is lost. */
export function createCloseQuestion(wouldLose: Accessor<boolean>): CloseQuestion {
  const [wanted, setWanted] = createSignal<{ readonly act: () => void }>()
  askBeforeLeaving(wouldLose)
  return {
    isAsking: () => wanted() !== undefined && wouldLose(),
    leave: (act) => {
      if (wouldLose()) setWanted((before) => (before ? undefined : { act }))
      else act()
    },
    keep: () => setWanted(undefined),
    discard: () => wanted()?.act(),
  }
}
