import { createRenderEffect, onMount } from 'solid-js'
import { useMessages } from '../i18n/messages-context.ts'

export interface PageProps {
  readonly title: string
  readonly mark?: string
  /** Of the document, where it says more; empty counts as absent. */
  readonly tabTitle?: string | undefined
}

/**
 * The heading of a page, the title of the document, and where the focus goes when the page is changed to. A page that is loaded
 * first leaves the focus where the browser has it.
 */
export function Page(props: PageProps) {
  const { product } = useMessages()
  createRenderEffect(() => {
    document.title = `${props.mark ?? ''}${props.tabTitle || props.title} · ${product}`
  })
  let heading: HTMLHeadingElement | undefined
  onMount(() => {
    if (document.activeElement === document.body && history.state) heading?.focus({ preventScroll: true })
  })
  return (
    <h1
      ref={(element) => {
        heading = element
      }}
      tabindex="-1"
    >
      {props.title}
    </h1>
  )
}
