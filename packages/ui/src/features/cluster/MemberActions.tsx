import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import type { MemberAnswer } from '../../api/answers.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useClusterMessages } from '../../i18n/cluster-messages-context.ts'
import { createLazyLayer } from '../../primitives/create-lazy-layer.ts'

/** Where one goes from a member. */
export function MemberActions(props: { readonly member: MemberAnswer; readonly name: string }) {
  const { cluster } = useClusterMessages()
  const layer = createLazyLayer(() => import('./MemberMenu.tsx'))
  return (
    <span class="cluster-actions">
      <A href={`/monitor?member=${props.member.id}`} aria-label={`${cluster.monitorMember}: ${props.name}`}>
        {cluster.monitorMember}
      </A>
      <Show
        when={layer.module()}
        fallback={
          <Button kind="quiet" aria-label={cluster.menuOf(props.name)} onClick={() => layer.want()}>
            <Icon name="down" />
          </Button>
        }
      >
        {(loaded) => {
          const { MemberMenu } = loaded()
          return <MemberMenu member={props.member} name={props.name} startsOpen={layer.isWanted()} />
        }}
      </Show>
    </span>
  )
}
