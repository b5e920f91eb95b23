import { toText } from '@etcdmonitor/core/keys/show-key'
import { createMemo, createSignal, lazy, Show, Suspense } from 'solid-js'
import { DataState } from '../../components/DataState.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import { createDifferences, Differences } from './Differences.tsx'
import { HexDiff } from './HexDiff.tsx'
import './ValueDiff.css'

const DiffView = lazy(async () => ({ default: (await import('../editor/DiffView.tsx')).DiffView }))

/** Narrower, two texts beside each other are too narrow to read. */
const SIDE_BY_SIDE = '(width >= 900px)'

export interface ValueDiffProps {
  readonly theirs: Uint8Array
  readonly mine: Uint8Array
}

/** What is stored beside what shall be: as texts, or as bytes where one of them is none. */
export function ValueDiff(props: ValueDiffProps) {
  const texts = createMemo(() => {
    const [theirs, mine] = [toText(props.theirs), toText(props.mine)]
    return theirs === undefined || mine === undefined ? undefined : { theirs, mine }
  })
  return (
    <div class="value-diff">
      <Show when={texts()} keyed fallback={<HexDiff theirs={props.theirs} mine={props.mine} />}>
        {(both) => <TextDiff {...both} />}
      </Show>
    </div>
  )
}

function TextDiff(props: { readonly theirs: string; readonly mine: string }) {
  const { keys } = useKeysMessages()
  const isUnified = !matchMedia(SIDE_BY_SIDE).matches
  const [count, setCount] = createSignal(0)
  let reveal: (at: number) => void = () => {}
  const differences = createDifferences(count, (at) => reveal(at))
  return (
    <>
      <div class="value-diff-heads" data-unified={isUnified ? '' : undefined}>
        <h3>{keys.conflict.theirs}</h3>
        <h3>{keys.conflict.yours}</h3>
      </div>
      <Suspense fallback={<DataState isLoading>{null}</DataState>}>
        <DiffView
          theirs={props.theirs}
          mine={props.mine}
          theirsLabel={keys.conflict.theirs}
          mineLabel={keys.conflict.yours}
          isUnified={isUnified}
          onReady={(found, show) => {
            setCount(found)
            reveal = show
          }}
        />
      </Suspense>
      <Differences {...differences} />
    </>
  )
}
