import { Navigate, Route, Router } from '@solidjs/router'
import { type JSX, lazy, Suspense } from 'solid-js'
import { AppContexts } from './AppContexts.tsx'
import { basePath } from './base-path.ts'
import { NotFoundPage } from './features/shell/NotFoundPage.tsx'
import { SessionLayout } from './features/shell/SessionLayout.tsx'
import { SignInPage } from './features/signin/SignInPage.tsx'

const PasswordPage = lazy(async () => ({
  default: (await import('./features/signin/PasswordPage.tsx')).PasswordPage,
}))
const MonitorPage = lazy(async () => ({
  default: (await import('./features/monitor/MonitorPage.tsx')).MonitorPage,
}))
const KeysPage = lazy(async () => ({ default: (await import('./features/keys/KeysPage.tsx')).KeysPage }))

const AuditPage = lazy(async () => ({
  default: (await import('./features/audit/AuditPage.tsx')).AuditPage,
}))

/** Every route is one segment: what is deeper is not found. */
export function App() {
  return (
    <Router base={basePath.slice(0, -1)} root={Root} scrollRestoration>
      <Route path="/" component={() => <Navigate href="/monitor" />} />
      <Route path="/login" component={SignInPage} />
      <Route path="/password" component={PasswordPage} />
      <Route component={SessionLayout}>
        <Route path="/monitor" component={MonitorPage} />
        <Route path="/keys" component={KeysPage} />
        <Route path="/operations" component={AuditPage} />
        <Route path="*" component={NotFoundPage} />
      </Route>
    </Router>
  )
}

const Root = (props: { readonly children?: JSX.Element }) => (
  <AppContexts base={basePath} fetch={fetch.bind(globalThis)}>
    <Suspense>{props.children}</Suspense>
  </AppContexts>
)
