import { Button } from '../../components/Button.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import './PartFailed.css'

const MAX_TEXT = 500

/** Stands in for a part of a page that broke: the rest goes on. */
export function PartFailed(props: { readonly error: unknown; readonly onReset: () => void }) {
  const { dataState } = useMessages()
  return (
    <div class="part-failed" role="alert">
      <p>{dataState.partFailed}</p>
      <code>{String(props.error).slice(0, MAX_TEXT)}</code>
      <Button onClick={() => props.onReset()}>{dataState.reloadPart}</Button>
    </div>
  )
}
