import { For } from 'solid-js'
import { useMessages } from '../i18n/messages-context.ts'
import { Button } from './Button.tsx'
import { Icon } from './Icon.tsx'
import { useToasts } from './toasts.ts'
import './ToastRegion.css'

export function ToastRegion() {
  const { toasts: texts } = useMessages()
  const toasts = useToasts()
  return (
    <div class="toast-region" role="status" aria-label={texts.region}>
      <For each={toasts.shown()}>
        {(text) => (
          <div class="toast">
            <Icon name="info" />
            <p>{text}</p>
            <Button
              kind="quiet"
              class="icon-only"
              aria-label={texts.close}
              onClick={() => toasts.close(text)}
            >
              <Icon name="close" />
            </Button>
          </div>
        )}
      </For>
    </div>
  )
}
