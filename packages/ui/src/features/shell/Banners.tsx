import { A } from '@solidjs/router'
import { createMemo, Index, Show } from 'solid-js'
import { currentSession } from '../../api/session.ts'
import { Banner } from '../../components/Banner.tsx'
import { Button } from '../../components/Button.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { currentPrefs, dismiss } from '../../prefs.ts'
import { operationsHref } from '../../url/operations-url.ts'
import { bannersOf, lockBanner, sessionBanner } from './banner-model.ts'
import { useCluster } from './cluster-state.ts'
import { createLockNotice } from './create-lock-notice.ts'
import { useReader } from './reader-context.ts'
import { sampleTime } from './sample-time.ts'
import { useSessionRenewal } from './session-renewal.ts'

const MAX_SHOWN = 2
const WAYS = { diagnostics: '/diagnostics', rescue: operationsHref({ task: 'alarms' }) } as const

export function Banners() {
  const messages = useMessages()
  const cluster = useCluster()
  const { zone } = useReader()
  const { renew } = useSessionRenewal()
  const ofCluster = createMemo(() => {
    const status = cluster.status()
    if (!status) return []
    const reader = { now: cluster.readNow(), zone: zone() }
    return bannersOf(status, (memberId) => sampleTime(cluster.current(), memberId), reader, messages)
  })
  const lock = createLockNotice(cluster.readNow)
  const ofLock = createMemo(() => {
    const entry = lock()
    if (!entry) return []
    const banner = lockBanner(entry, { now: cluster.readNow(), zone: zone() }, messages)
    return currentPrefs().dismissed.includes(banner.key) ? [] : [banner]
  })
  const all = () => {
    const ending = sessionBanner(currentSession()?.expiresAt ?? 0, cluster.now(), messages)
    return [...ofCluster(), ...ofLock(), ...(ending ? [ending] : [])]
  }
  const hidden = () => all().length - MAX_SHOWN
  return (
    <section class="banners" aria-label={messages.banners.region}>
      <Index each={all().slice(0, MAX_SHOWN)}>
        {(banner, index) => (
          <Banner severity={banner().severity} word={messages.banners.severities[banner().severity]}>
            <span>{banner().text}</span>
            <Show when={banner().detail}>{(detail) => <span class="banner-detail">{detail()}</span>}</Show>
            <Show when={banner().way}>
              {(way) => <A href={WAYS[way()]}>{messages.banners.ways[way()]}</A>}
            </Show>
            <Show when={banner().key === 'session'}>
              <Button onClick={renew}>{messages.banners.signInAgain}</Button>
            </Show>
            <Show when={banner().isDismissible}>
              <A href={operationsHref({ task: 'audit', filter: { operation: 'login_lockout' } })}>
                {messages.banners.lockEntries}
              </A>
              <Button onClick={() => dismiss(banner().key)}>{messages.banners.dismiss}</Button>
            </Show>
            <Show when={index === MAX_SHOWN - 1 && hidden() > 0}>
              <span class="banner-detail">{messages.banners.more(hidden())}</span>
            </Show>
          </Banner>
        )}
      </Index>
    </section>
  )
}
