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

const ClusterPage = lazy(async () => ({
  default: (await import('./features/cluster/ClusterPage.tsx')).ClusterPage,
}))
const OperationsPage = lazy(async () => ({
  default: (await import('./features/operations/OperationsPage.tsx')).OperationsPage,
}))
const DiagnosticsPage = lazy(async () => ({
  default: (await import('./features/diagnostics/DiagnosticsPage.tsx')).DiagnosticsPage,
}))

const AboutPage = lazy(async () => ({ default: (await import('./features/about/AboutPage.tsx')).AboutPage }))

/** Every route is one segment: what is deeper is not found. */
export function App() {
  return (
    <Router base={basePath.slice(0, -1)} root={Root} scrollRestoration>
      <Route path="/" component={() => <Navigate href="/monitor" />} />
      <Route path="/login" component={SignInPage} />
      <Route path="/password" component={PasswordPage} />
      <Route component={SessionLayout}>
        <Route path="/cluster" component={ClusterPage} />
        <Route path="/monitor" component={MonitorPage} />
        <Route path="/keys" component={KeysPage} />
        <Route path="/operations" component={OperationsPage} />
        <Route path="/diagnostics" component={DiagnosticsPage} />
        <Route path="/about" component={AboutPage} />
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
