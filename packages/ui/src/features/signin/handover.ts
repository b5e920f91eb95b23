import { type Accessor, createContext, createSignal, useContext } from 'solid-js'

export interface HandedOver {
  /** Of an account that must change its password before it gets a session, as just typed. */
  readonly credentials?: { readonly username: string; readonly password: string }
  /** To be said on the sign-in page: the password was changed; the first one must be entered to be changed. */
  readonly notice?: 'changed' | 'setFirst'
  /** Where the sign-in was going. */
  readonly next?: string
}

/** What one page of the sign-in tells the next, in memory alone: a password must not outlive the step that needs it. */
export interface Handover {
  readonly given: Accessor<HandedOver>
  give(what: HandedOver): void
}

export function createHandover(): Handover {
  const [given, give] = createSignal<HandedOver>({})
  return { given, give }
}

export const HandoverContext = createContext<Handover>()

export function useHandover(): Handover {
  const handover = useContext(HandoverContext)
  if (!handover) throw new Error('no HandoverContext around this component')
  return handover
}
