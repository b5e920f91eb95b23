import { toBase64 } from '@etcdmonitor/core/keys/base64'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { DropdownMenu } from '@kobalte/core/dropdown-menu'
import { createSignal, Show } from 'solid-js'
import { copyText } from '../../../components/copy-text.ts'
import { Icon } from '../../../components/Icon.tsx'
import { useToasts } from '../../../components/toasts.ts'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { saveFile } from '../../audit/save-file.ts'
import { CopyByHand } from '../key/CopyByHand.tsx'
import { fileName } from '../key/file-name.ts'
import { getCommand } from '../key/shell-command.ts'
import { showUnsafe } from '../key-name.ts'
import type { KeyMenuProps } from './KeyMenu.tsx'
import '../../../components/Menu.css'

/** In the chunk of the layers. The value is the stored one: what is typed over it can be copied where it is typed. */
export function KeyMenuItems(props: KeyMenuProps & { readonly startsOpen: boolean }) {
  const { copy: texts, value } = useKeysMessages()
  const toasts = useToasts()
  const [byHand, setByHand] = createSignal<string>()
  const text = () => toText(props.bytes)
  const copy = async (what: string) => {
    if (await copyText(what)) toasts.show(texts.copied)
    else setByHand(what)
  }
  const download = () =>
    saveFile(
      new Blob([Uint8Array.from(props.bytes)], { type: 'application/octet-stream' }),
      fileName(showUnsafe(props.name)),
    )
  const item = (label: string, act: () => void) => (
    <DropdownMenu.Item class="menu-item" onSelect={act}>
      {label}
    </DropdownMenu.Item>
  )
  return (
    <>
      <DropdownMenu placement="bottom-end" gutter={6} defaultOpen={props.startsOpen}>
        <DropdownMenu.Trigger class="button" data-kind="quiet" aria-label={value.more}>
          <Icon name="more" />
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content class="menu">
            <Show when={text() === undefined} fallback={item(value.copyValue, () => void copy(text() ?? ''))}>
              {item(value.copyBase64, () => void copy(toBase64(props.bytes)))}
            </Show>
            {item(value.download, download)}
            <Show when={getCommand(props.name)}>
              {(command) => item(value.copyCommand, () => void copy(command()))}
            </Show>
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu>
      <Show when={byHand()}>
        {(what) => <CopyByHand text={what()} onClose={() => setByHand(undefined)} />}
      </Show>
    </>
  )
}
