import { A } from '@solidjs/router'
import { Page } from '../../components/Page.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import './NotFoundPage.css'

export function NotFoundPage() {
  const { notFound, pages } = useMessages()
  return (
    <div class="not-found-page">
      <Page title={pages.notFound} />
      <p>{notFound.text}</p>
      <p>
        {notFound.links} <A href="/monitor">{pages.monitor}</A>
      </p>
    </div>
  )
}
