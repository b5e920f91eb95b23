import { Show } from 'solid-js'
import type { Session } from '../../api/session.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createLazyLayer } from '../../primitives/create-lazy-layer.ts'

export function AccountButton(props: { readonly session: Session; readonly onSignOut: () => void }) {
  const { account } = useMessages()
  const layer = createLazyLayer(() => import('./AccountMenu.tsx'))
  return (
    <Show
      when={layer.module()}
      fallback={
        <Button kind="quiet" aria-label={account.menu(props.session.username)} onClick={() => layer.want()}>
          <Icon name="user" />
          <span class="top-bar-user">{props.session.username}</span>
          <Icon name="down" />
        </Button>
      }
    >
      {(loaded) => {
        const { AccountMenu } = loaded()
        return (
          <AccountMenu
            session={props.session}
            startsOpen={layer.isWanted()}
            onSignOut={() => props.onSignOut()}
          />
        )
      }}
    </Show>
  )
}
