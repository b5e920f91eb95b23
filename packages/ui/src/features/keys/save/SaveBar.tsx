import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { useReader } from '../../shell/reader-context.ts'
import { type Draft, ttlOf } from '../drafts/drafts.ts'
import { LeaseFields } from '../key/LeaseFields.tsx'

export interface SaveBarProps {
  readonly isLeased: boolean
  readonly draft: Draft | undefined
  readonly isSaving: boolean
  readonly canSave: boolean
  /** What was done last. */
  readonly said: string
  readonly onLease: (changes: Partial<Pick<Draft, 'lease' | 'seconds'>>) => void
  readonly onDiscard: () => void
  readonly onSave: () => void
}

/** Below a value: what becomes of what was typed. */
export function SaveBar(props: SaveBarProps) {
  const { keys, value } = useKeysMessages()
  const cluster = useCluster()
  const reader = useReader()
  const expires = () => {
    const ttl = props.draft && ttlOf(props.draft)
    if (!ttl) return undefined // kept, removed, or not a number
    const now = cluster.now()
    return value.expires(formatInstant(now + ttl * 1_000, { now, zone: reader.zone() }))
  }
  const said = () => (props.isSaving ? keys.saving : props.draft ? keys.notSaved : props.said)
  return (
    <div class="key-save">
      <LeaseFields
        isLeased={props.isLeased}
        lease={props.draft?.lease ?? 'keep'}
        seconds={props.draft?.seconds ?? ''}
        onChange={props.onLease}
      />
      <Show when={expires()}>{(text) => <span class="key-expires">{text()}</span>}</Show>
      <span class="key-save-state" role="status">
        <Show when={props.draft && !props.isSaving}>
          <Icon name="dot" filled />
        </Show>
        {said()}
      </span>
      <span class="key-save-actions">
        <Button disabled={!props.draft || props.isSaving} onClick={() => props.onDiscard()}>
          {keys.discard}
        </Button>
        <Button kind="primary" disabled={!props.canSave} onClick={() => props.onSave()}>
          {props.isSaving ? keys.saving : keys.save}
        </Button>
      </span>
    </div>
  )
}
