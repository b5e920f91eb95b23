import { type Accessor, createSignal } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'

export interface DifferencesProps {
  readonly count: Accessor<number>
  /** From 0. */
  readonly at: Accessor<number>
  readonly go: (step: 1 | -1) => void
}

/** Which of so many differences is looked at; after the last comes the first. */
export function createDifferences(count: Accessor<number>, show: (at: number) => void): DifferencesProps {
  const [at, setAt] = createSignal(0)
  return {
    count,
    at,
    go: (step) => {
      if (count() === 0) return
      show(setAt((now) => (now + step + count()) % count()))
    },
  }
}

export function Differences(props: DifferencesProps) {
  const { keys } = useKeysMessages()
  return (
    <div class="value-differences">
      <span role="status">{keys.conflict.differences(props.at() + 1, props.count())}</span>
      <Button
        kind="quiet"
        aria-label={keys.conflict.previous}
        disabled={props.count() === 0}
        onClick={() => props.go(-1)}
      >
        <Icon name="up" />
      </Button>
      <Button
        kind="quiet"
        aria-label={keys.conflict.next}
        disabled={props.count() === 0}
        onClick={() => props.go(1)}
      >
        <Icon name="down" />
      </Button>
    </div>
  )
}
