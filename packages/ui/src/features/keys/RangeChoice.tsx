import { Show } from 'solid-js'
import { Select } from '../../components/Select.tsx'
import { useKeysMessages } from '../../i18n/keys-messages-context.ts'
import { identityOf } from './key-name.ts'
import { directoryOf, type KeyGrants, showRange } from './key-rights.ts'

export interface RangeChoiceProps {
  readonly grants: KeyGrants | undefined
  readonly separator: Uint8Array
  /** What is shown. */
  readonly prefix: Uint8Array
  readonly onChoose: (prefix: Uint8Array) => void
}

/** Ranges beyond are found by their names alone. */
const MAX_OFFERED = 50

/** The ranges that the etcd user may read, where it may not read all. */
export function RangeChoice(props: RangeChoiceProps) {
  const { keyBrowser } = useKeysMessages()
  const ranges = () => {
    const byPlace = new Map<string, { readonly at: Uint8Array; readonly text: string }>()
    for (const range of props.grants?.read.slice(0, MAX_OFFERED) ?? []) {
      const at = directoryOf(range, props.separator)
      const before = byPlace.get(identityOf(at))
      const text = before ? `${before.text}, ${showRange(range)}` : showRange(range)
      byPlace.set(identityOf(at), { at, text })
    }
    return [...byPlace]
  }
  const options = () => {
    const here = identityOf(props.prefix)
    const known = ranges().map(([value, { text }]) => ({ value, text }))
    return known.some(({ value }) => value === here)
      ? known
      : [{ value: here, text: keyBrowser.otherRange }, ...known]
  }
  return (
    <Show when={ranges().length > 0}>
      <Select
        label={keyBrowser.ranges}
        value={identityOf(props.prefix)}
        options={options()}
        onChange={(chosen) => {
          const range = ranges().find(([value]) => value === chosen)
          if (range) props.onChoose(range[1].at)
        }}
      />
    </Show>
  )
}
