import { QueryClientProvider } from '@tanstack/solid-query'
import { createEffect, type JSX } from 'solid-js'
import { createClient } from './api/client.ts'
import { ClientContext } from './api/client-context.ts'
import { createQueryClient } from './api/query-client.ts'
import { currentSession, endSession } from './api/session.ts'
import { ToastRegion } from './components/ToastRegion.tsx'
import { createToasts, ToastsContext } from './components/toasts.ts'
import { createGuardedDrafts, DraftsContext } from './features/keys/drafts/drafts-context.ts'
import { createReader } from './features/shell/create-reader.ts'
import { ReaderContext } from './features/shell/reader-context.ts'
import { createHandover, HandoverContext } from './features/signin/handover.ts'
import { useMessages } from './i18n/messages-context.ts'
import { prefsAreKept } from './prefs.ts'

interface AppContextsProps {
  /** Ends with a slash. */
  readonly base: string
  readonly fetch: typeof globalThis.fetch
  readonly children?: JSX.Element
}

/** What every page stands in: the API, the reader's settings, toasts. */
export function AppContexts(props: AppContextsProps) {
  const client = createClient({
    base: props.base,
    fetch: props.fetch,
    token: () => currentSession()?.token,
    onUnauthenticated: (token) => endSession('ended', token),
  })
  const queries = createQueryClient() // the provider reads its property at every use: a call there would be a client each time
  const toasts = createToasts()
  const drafts = createGuardedDrafts()
  const { toasts: texts } = useMessages()
  createEffect(() => {
    if (!prefsAreKept()) toasts.show(texts.prefsNotKept)
  })
  return (
    <QueryClientProvider client={queries}>
      <ClientContext.Provider value={client}>
        <ReaderContext.Provider value={createReader()}>
          <HandoverContext.Provider value={createHandover()}>
            <ToastsContext.Provider value={toasts}>
              <DraftsContext.Provider value={drafts}>{props.children}</DraftsContext.Provider>
              <ToastRegion />
            </ToastsContext.Provider>
          </HandoverContext.Provider>
        </ReaderContext.Provider>
      </ClientContext.Provider>
    </QueryClientProvider>
  )
}
