import { restoreCommands } from '@etcdmonitor/core/operations/restore-commands'
import { For } from 'solid-js'
import { CopyText } from '../../../components/CopyText.tsx'
import { texts } from '../texts.ts'
import { type Result, textIn } from './read-result.ts'

/** How the file of a finished snapshot is looked at and restored, to copy; the console never restores. */
export function RestoreCommands(props: { readonly result: Result }) {
  const commands = () =>
    restoreCommands({
      fileName: textIn(props.result, 'file_name') || 'FILE', // runs of earlier versions do not name it
      etcdVersion: textIn(props.result, 'etcd_version'),
    })
  return (
    <>
      <p>{texts.run.restore}</p>
      <For each={commands()}>{(command) => <CopyText text={command} />}</For>
      <p class="operations-quiet">{texts.run.restoreMembers}</p>
    </>
  )
}
