import { Button } from '../../components/Button.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import './AllHidden.css'

/** In place of the panels, where the account has hidden every one. */
export function AllHidden(props: { readonly onChoose: () => void }) {
  const { layout } = useMessages()
  return (
    <div class="all-hidden">
      <p>{layout.allHidden}</p>
      <Button onClick={() => props.onChoose()}>{layout.choose}</Button>
    </div>
  )
}
