import { createContext, useContext } from 'solid-js'
import { askBeforeLeaving } from './ask-before-leaving.ts'
import { createDrafts, type Drafts } from './drafts.ts'

/** Leaving the application with drafts is asked about by the browser. */
export function createGuardedDrafts(): Drafts {
  const drafts = createDrafts()
  askBeforeLeaving(() => !drafts.isEmpty())
  return drafts
}

export const DraftsContext = createContext<Drafts>()

export function useDrafts(): Drafts {
  const drafts = useContext(DraftsContext)
  if (!drafts) throw new Error('no DraftsContext around this component')
  return drafts
}
