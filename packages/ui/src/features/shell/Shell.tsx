import { A, useHref } from '@solidjs/router'
import { createSignal, type JSX, Show } from 'solid-js'
import { currentSession, type Session } from '../../api/session.ts'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { useDrafts } from '../keys/drafts/drafts-context.ts'
import { AccountButton } from './AccountButton.tsx'
import { Banners } from './Banners.tsx'
import { createOpsEnabled } from './create-ops-enabled.ts'
import { HealthChip } from './HealthChip.tsx'
import { RunChip } from './RunChip.tsx'
import { SignOutDialog } from './SignOutDialog.tsx'
import { createSignOut } from './sign-out.ts'
import './Shell.css'

/** What is around every page of a session. `session` is the one of the page: it may have ended since. */
export function Shell(props: { readonly session: Session; readonly children: JSX.Element }) {
  const { navigation, pages, product, skipToContent } = useMessages()
  const signOut = createSignOut()
  const drafts = useDrafts()
  const [isAsking, setAsking] = createSignal(false)
  const leave = () => {
    drafts.clear()
    void signOut()
  }
  const isOpsEnabled = createOpsEnabled()
  const start = useHref(() => '/monitor')
  return (
    <div class="shell">
      <button type="button" class="skip-link" onClick={skip}>
        {skipToContent}
      </button>
      <header class="top-bar">
        <a class="top-bar-mark" href={start()} aria-label={product}>
          <Icon name="mark" />
          <span>{product}</span>
        </a>
        <nav class="top-bar-pages" aria-label={navigation}>
          <A href="/cluster">{pages.cluster}</A>
          <A href="/monitor">{pages.monitor}</A>
          <A href="/keys">{pages.keys}</A>
          <Show when={isOpsEnabled()}>
            <A href="/operations">{pages.operations}</A>
          </Show>
          <A href="/diagnostics">{pages.diagnostics}</A>
        </nav>
        <Show when={isOpsEnabled()}>
          <RunChip />
        </Show>
        <HealthChip />
        <AccountButton
          session={currentSession() ?? props.session}
          onSignOut={() => (drafts.isEmpty() ? leave() : setAsking(true))}
        />
      </header>
      <Show when={currentSession()}>
        <Banners />
      </Show>
      <main id="content" class="shell-content" tabindex="-1">
        {props.children}
      </main>
      <Show when={isAsking()}>
        <SignOutDialog unsaved={drafts.count()} onStay={() => setAsking(false)} onSignOut={leave} />
      </Show>
    </div>
  )
}

/** Not by a link: the router would take its fragment for a page. */
function skip(): void {
  document.getElementById('content')?.focus()
}
