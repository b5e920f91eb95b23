import { createEffect, createMemo, createSignal, Match, on, Show, Switch } from 'solid-js'
import { describeProblem } from '../../../api/describe-problem.ts'
import { Button } from '../../../components/Button.tsx'
import { Icon } from '../../../components/Icon.tsx'
import { useKeysMessages } from '../../../i18n/keys-messages-context.ts'
import { createNow } from '../../../primitives/create-now.ts'
import type { KeysPlace } from '../../../url/keys-url.ts'
import { showUnsafe } from '../key-name.ts'
import type { KeyScan } from './create-key-scan.ts'

export interface CoverageLineProps {
  readonly scan: KeyScan
  readonly prefix: Uint8Array
  readonly q: string
  readonly field: KeysPlace['field']
  readonly onGo: (changes: Partial<KeysPlace>) => void
}

/** Of what is told aloud while it runs, ms. */
const ANNOUNCED = 5_000

/** How many were found, and among what: true at each moment. */
export function CoverageLine(props: CoverageLineProps) {
  const messages = useKeysMessages()
  const { search } = messages.keyBrowser
  const number = (value: number) => value.toLocaleString('en')
  const hits = () => props.scan.found().length
  const isEmpty = () => hits() === 0 && props.scan.state() === 'done'
  const text = createMemo(() => {
    const coverage = props.scan.coverage()
    if (!coverage) return search.counting
    const { scanned, inScope, revision, lastKey, isComplete } = coverage
    if (isEmpty()) return search.noHits(props.field, showUnsafe(props.prefix), props.q, number(scanned))
    if (isComplete) return search.all(hits(), number(scanned), number(revision))
    const last = lastKey ? showUnsafe(lastKey) : ''
    return search.part(hits(), number(scanned), number(inScope), last, number(revision))
  })
  const tick = createNow(ANNOUNCED)
  const [announced, setAnnounced] = createSignal('')
  createEffect(on([tick, props.scan.state], () => setAnnounced(text())))
  return (
    <div class="key-search-coverage">
      <p>{text()}</p>
      <p class="visually-hidden" role="status">
        {announced()}
      </p>
      <Show when={props.scan.coverage()?.isLimited}>
        <p>{messages.keys.limited}</p>
      </Show>
      <Show when={props.scan.problem()}>
        {(problem) => (
          <p>
            <Icon name="warn" /> {search.stopped(describeProblem(problem(), messages).title)}
          </p>
        )}
      </Show>
      <Switch>
        <Match when={props.scan.state() === 'running'}>
          <Button onClick={props.scan.stop}>{search.stop}</Button>
        </Match>
        <Match when={props.scan.state() === 'waiting' || props.scan.state() === 'failed'}>
          <Button onClick={props.scan.goOn}>{search.goOn}</Button>
        </Match>
        <Match when={isEmpty()}>
          <Show when={props.field === 'key'}>
            <Button onClick={() => props.onGo({ field: 'value' })}>{search.searchValues}</Button>
          </Show>
          <Button onClick={() => props.onGo({ q: '' })}>{search.clear}</Button>
        </Match>
      </Switch>
    </div>
  )
}
