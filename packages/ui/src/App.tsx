import { Navigate, Route, Router } from '@solidjs/router'
import { QueryClientProvider } from '@tanstack/solid-query'
import { type JSX, lazy, Suspense } from 'solid-js'
import { createClient } from './api/client.ts'
import { ClientContext } from './api/client-context.ts'
import { createQueryClient } from './api/query-client.ts'
import { currentSession, endSession } from './api/session.ts'
import { basePath } from './base-path.ts'
import { ToastRegion } from './components/ToastRegion.tsx'
import { createToasts, ToastsContext } from './components/toasts.ts'
import { createReader } from './features/shell/create-reader.ts'
import { NotFoundPage } from './features/shell/NotFoundPage.tsx'
import { ReaderContext } from './features/shell/reader-context.ts'
import { SessionLayout } from './features/shell/SessionLayout.tsx'
import { createHandover, HandoverContext } from './features/signin/handover.ts'
import { SignInPage } from './features/signin/SignInPage.tsx'

const PasswordPage = lazy(async () => ({
  default: (await import('./features/signin/PasswordPage.tsx')).PasswordPage,
}))
const MonitorPage = lazy(async () => ({
  default: (await import('./features/monitor/MonitorPage.tsx')).MonitorPage,
}))

/** Every route is one segment: the base path is found from the address alone. */
export function App() {
  return (
    <Router base={basePath} root={Root} scrollRestoration>
      <Route path="/" component={() => <Navigate href="/monitor" />} />
      <Route path="/login" component={SignInPage} />
      <Route path="/password" component={PasswordPage} />
      <Route component={SessionLayout}>
        <Route path="/monitor" component={MonitorPage} />
        <Route path="*" component={NotFoundPage} />
      </Route>
    </Router>
  )
}

function Root(props: { readonly children?: JSX.Element }) {
  const client = createClient({
    base: basePath,
    fetch: fetch.bind(globalThis),
    token: () => currentSession()?.token,
    onUnauthenticated: (token) => endSession('ended', token),
  })
  return (
    <QueryClientProvider client={createQueryClient()}>
      <ClientContext.Provider value={client}>
        <ReaderContext.Provider value={createReader()}>
          <HandoverContext.Provider value={createHandover()}>
            <ToastsContext.Provider value={createToasts()}>
              <Suspense>{props.children}</Suspense>
              <ToastRegion />
            </ToastsContext.Provider>
          </HandoverContext.Provider>
        </ReaderContext.Provider>
      </ClientContext.Provider>
    </QueryClientProvider>
  )
}
