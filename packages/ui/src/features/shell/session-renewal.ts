import { createContext, useContext } from 'solid-js'

/** Signing in again before the session ends, without leaving the page. */
export interface SessionRenewal {
  renew(): void
}

export const SessionRenewalContext = createContext<SessionRenewal>()

export function useSessionRenewal(): SessionRenewal {
  const renewal = useContext(SessionRenewalContext)
  if (!renewal) throw new Error('no SessionRenewalContext around this component')
  return renewal
}
