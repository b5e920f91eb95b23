import { Show, Suspense } from 'solid-js'
import type { KeySelection } from '../../url/keys-url.ts'
import { CreateKeyDialog } from './create/create-key-dialog.ts'
import type { KeyRights } from './key-rights.ts'
import { RemoveDirectoryDialog } from './remove/RemoveDirectoryDialog.tsx'
import { RemoveNamedKeyDialog } from './remove/RemoveKeyDialog.tsx'
import type { KeyChanges } from './save/create-key-changes.ts'

export interface KeyDialogsProps {
  readonly changes: KeyChanges
  readonly rights: KeyRights
  readonly separator: Uint8Array
  /** What all keys begin with that are shown. */
  readonly prefix: Uint8Array
  readonly onCreated: (key: Uint8Array) => void
  readonly onOpen: (key: Uint8Array) => void
  readonly onRemoved: (target: KeySelection, count: number, revision: number | undefined) => void
}

export function KeyDialogs(props: KeyDialogsProps) {
  const { changes } = props
  return (
    <>
      <Show when={changes.creating()}>
        {(where) => (
          <Suspense>
            <CreateKeyDialog
              prefix={where().prefix}
              separator={props.separator}
              mayWrite={props.rights.mayWrite}
              onClose={changes.close}
              onCreated={props.onCreated}
              onOpen={props.onOpen}
            />
          </Suspense>
        )}
      </Show>
      <Show when={changes.removing()}>
        {(target) => (
          <Show
            when={target().isDirectory}
            fallback={
              <RemoveNamedKeyDialog
                name={target().key}
                onClose={changes.close}
                onRemoved={(count, revision) => props.onRemoved(target(), count, revision)}
              />
            }
          >
            <RemoveDirectoryDialog
              directory={target().key}
              prefix={target().key.length === 0 ? props.prefix : undefined}
              separator={props.separator}
              onClose={changes.close}
              onRemoved={(count, revision) => props.onRemoved(target(), count, revision)}
            />
          </Show>
        )}
      </Show>
    </>
  )
}
