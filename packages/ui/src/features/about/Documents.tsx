import { For, Show } from 'solid-js'
import { useClient } from '../../api/client-context.ts'
import { basePath } from '../../base-path.ts'
import { Button } from '../../components/Button.tsx'
import { Failure } from '../../components/DataState.tsx'
import { TextPanel } from '../../components/TextPanel.tsx'
import { useToasts } from '../../components/toasts.ts'
import { createChange } from '../../primitives/create-change.ts'
import { saveFile } from '../audit/save-file.ts'
import { texts } from './texts.ts'

/** Files that the build writes (vite.config.ts). */
const FILES = [
  ['readme.txt', texts.readme],
  ['metrics.txt', texts.metrics],
  ['licence.txt', texts.licence],
  ['licences.txt', texts.licences],
] as const

/** What can be read about the console, as it was shipped with it. */
export function Documents() {
  const client = useClient()
  const toasts = useToasts()
  const change = createChange<Blob>()
  const save = async () => {
    const signal = new AbortController().signal
    // with the session: a link would be refused
    const file = await change.run(() => client.download('openapi.json', {}, { signal, onBytes: () => {} }))
    if (!file) return
    saveFile(file, 'openapi.json')
    toasts.show(texts.saved)
  }
  return (
    <TextPanel title={texts.documents}>
      <ul>
        <For each={FILES}>
          {([file, title]) => (
            <li>
              {/* no page of the router's */}
              <a rel="external" href={`${basePath}${file}`}>
                {title}
              </a>
            </li>
          )}
        </For>
        <li>
          {texts.openapi}{' '}
          <Button kind="quiet" disabled={change.isBusy()} onClick={() => void save()}>
            {texts.save}
          </Button>
        </li>
      </ul>
      <Show when={change.problem()}>{(problem) => <Failure problem={problem()} />}</Show>
    </TextPanel>
  )
}
