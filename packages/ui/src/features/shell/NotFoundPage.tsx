import { A } from '@solidjs/router'
import { For } from 'solid-js'
import { Page } from '../../components/Page.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import './NotFoundPage.css'

const PAGES = ['cluster', 'monitor', 'keys', 'operations', 'diagnostics', 'about'] as const

export function NotFoundPage() {
  const { notFound, pages } = useMessages()
  return (
    <div class="not-found-page">
      <Page title={pages.notFound} />
      <p>{notFound.text}</p>
      <p>
        {notFound.links}{' '}
        <For each={PAGES}>
          {(page) => (
            <>
              <A href={`/${page}`}>{pages[page]}</A>{' '}
            </>
          )}
        </For>
      </p>
    </div>
  )
}
