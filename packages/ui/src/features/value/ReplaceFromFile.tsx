import { createSignal, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'

export interface ReplaceFromFileProps {
  /** Larger files are not taken. */
  readonly maxBytes: number | undefined
  readonly onBytes: (bytes: Uint8Array) => void
}

/** The bytes of a file instead of what is there. Nothing is stored by it. */
export function ReplaceFromFile(props: ReplaceFromFileProps) {
  const { value } = useKeysMessages()
  const [refused, setRefused] = createSignal<string>()
  let input: HTMLInputElement | undefined
  const take = async (file: File | undefined) => {
    setRefused(undefined)
    if (!file) return
    if (props.maxBytes !== undefined && file.size > props.maxBytes)
      return setRefused(value.fileTooLarge(file.size, props.maxBytes))
    try {
      props.onBytes(new Uint8Array(await file.arrayBuffer()))
    } catch {
      setRefused(value.fileNotRead) // gone, or not ours to read, since it was chosen
    }
  }
  return (
    <>
      <input
        ref={(element) => {
          input = element
        }}
        class="visually-hidden"
        type="file"
        tabIndex="-1"
        aria-label={value.replaceFromFile}
        onChange={(event) => {
          void take(event.currentTarget.files?.[0])
          event.currentTarget.value = '' // the same file may be chosen again
        }}
      />
      <Button kind="quiet" onClick={() => input?.click()}>
        {value.replaceFromFile}
      </Button>
      <Show when={refused()}>
        <span class="value-refused" role="alert">
          {refused()}
        </span>
      </Show>
    </>
  )
}
