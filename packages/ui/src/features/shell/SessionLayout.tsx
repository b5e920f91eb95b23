import { Navigate, useLocation, useNavigate } from '@solidjs/router'
import { useQueryClient } from '@tanstack/solid-query'
import {
  createEffect,
  createMemo,
  createSignal,
  ErrorBoundary,
  type JSX,
  Show,
  Suspense,
  untrack,
} from 'solid-js'
import { currentSession, type Session, sessionEnd } from '../../api/session.ts'
import { basePath, pathBelow } from '../../base-path.ts'
import { useDrafts } from '../keys/drafts/drafts-context.ts'
import { loginUrl } from '../signin/next-url.ts'
import { ClusterContext, createClusterState } from './cluster-state.ts'
import { PartFailed } from './PartFailed.tsx'
import { SessionDialog } from './SessionDialog.tsx'
import { Shell } from './Shell.tsx'
import { SessionRenewalContext } from './session-renewal.ts'

/** Pages that need a session. One that the server ends leaves its page standing, under the dialog that asks for a new one. */
export function SessionLayout(props: { readonly children?: JSX.Element }) {
  const location = useLocation()
  const session = createMemo<Session | undefined>(
    (before) => currentSession() ?? (sessionEnd() === 'ended' ? before : undefined),
  )
  const here = () => `${pathBelow(basePath, location.pathname)}${location.search}`
  return (
    <Show when={session() !== undefined} fallback={<Navigate href={loginUrl(here())} />}>
      <WithSession session={session() as Session} here={here()}>
        {props.children}
      </WithSession>
    </Show>
  )
}

function WithSession(props: {
  readonly session: Session
  readonly here: string
  readonly children?: JSX.Element
}) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [isRenewing, setRenewing] = createSignal(false)
  const cluster = createClusterState()
  const drafts = useDrafts()
  drafts.claim(untrack(() => props.session.username))
  const renewal = { renew: () => setRenewing(true) }
  const hasEnded = () => currentSession() === undefined
  createEffect(() => {
    if (hasEnded()) void queries.cancelQueries()
  })
  const resume = (username: string) => {
    setRenewing(false)
    if (username === props.session.username) return void queries.invalidateQueries()
    // what another account may see is not known: nothing of this one's stays
    drafts.clear()
    location.reload()
  }
  const leave = () => {
    setRenewing(false)
    if (hasEnded()) navigate(loginUrl(props.here))
  }
  return (
    <ClusterContext.Provider value={cluster}>
      <SessionRenewalContext.Provider value={renewal}>
        <Shell session={props.session}>
          <ErrorBoundary fallback={(error, reset) => <PartFailed error={error} onReset={reset} />}>
            <Suspense>{props.children}</Suspense>
          </ErrorBoundary>
        </Shell>
        <Show when={hasEnded() || isRenewing()}>
          <SessionDialog
            username={props.session.username}
            hasEnded={hasEnded()}
            onSignedIn={resume}
            onLeave={leave}
          />
        </Show>
      </SessionRenewalContext.Provider>
    </ClusterContext.Provider>
  )
}
