import { createSignal, For, type JSX, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { Checkbox } from '../../../components/Checkbox.tsx'
import { Dialog } from '../../../components/Dialog.tsx'
import { texts } from '../texts.ts'
import './PlanView.css'

export interface ConfirmProps {
  readonly title: string
  /** The members that are touched, by name and id. */
  readonly targets: readonly string[]
  /** What will happen, and whether it can be stopped. */
  readonly effects: readonly string[]
  /** The specific consequence that has to be ticked first. */
  readonly understand?: string | undefined
  /** Names the act. */
  readonly button: string
  readonly isBusy: boolean
  /** Why it was not done. */
  readonly children?: JSX.Element
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** Says what will happen, then does it: nothing is sent before its button is used. */
export function Confirm(props: ConfirmProps) {
  const [isUnderstood, setUnderstood] = createSignal(false)
  const mayGo = () => !props.isBusy && (props.understand === undefined || isUnderstood())
  return (
    <Dialog title={props.title} isAlert onClose={props.onClose}>
      <Show when={props.targets.length > 0}>
        <ul class="operations-targets">
          <For each={props.targets}>
            {(target) => (
              <li>
                <bdi translate="no">{target}</bdi>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <For each={props.effects}>{(effect) => <p class="dialog-text">{effect}</p>}</For>
      <Show when={props.understand}>
        {(text) => (
          <p class="dialog-text">
            <Checkbox
              label={`${texts.plan.understand} ${text()}.`}
              isChecked={isUnderstood()}
              onChange={() => setUnderstood(!isUnderstood())}
            />
          </p>
        )}
      </Show>
      {props.children}
      <div class="dialog-actions">
        <Button onClick={() => props.onClose()}>{texts.cancel}</Button>
        <Button kind="primary" disabled={!mayGo()} onClick={() => props.onConfirm()}>
          {props.button}
        </Button>
      </div>
    </Dialog>
  )
}
