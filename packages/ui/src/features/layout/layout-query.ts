import { type Accessor, createEffect } from 'solid-js'
import { type LayoutAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { useToasts } from '../../components/toasts.ts'
import { useMessages } from '../../i18n/messages-context.ts'
import { createQuery } from '../../primitives/create-query.ts'

export const LAYOUT_KEY = ['panels']

export interface LayoutState {
  /** Of the account; undefined: the default one. */
  readonly layout: Accessor<LayoutAnswer | undefined>
  /** False until it is known what to draw. */
  readonly isLayoutKnown: Accessor<boolean>
}

/** Which panels and cards the account sees. Asked again when the page is looked at again: another tab may have saved another one. */
export function createLayoutState(): LayoutState {
  const client = useClient()
  const toasts = useToasts()
  const { layout: texts } = useMessages()
  const query = createQuery<LayoutAnswer>(() => ({
    queryKey: LAYOUT_KEY,
    queryFn: ({ signal }) => client.get('user/panel-config', {}, { shape: SHAPES.layout, signal }),
    enabled: currentSession() !== undefined,
    refetchOnWindowFocus: 'always',
  }))
  createEffect(() => {
    if (query().isLoadingError && currentSession()) toasts.show(texts.notLoaded)
  })
  return {
    layout: () => query().data,
    // while it is tried again the default panels are better than none
    isLayoutKnown: () => query().data !== undefined || query().failureCount > 0,
  }
}
