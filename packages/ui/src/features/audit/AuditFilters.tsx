import { formatZone } from '@etcdmonitor/core/format/format-time'
import { createEffect, createSignal, on, Show } from 'solid-js'
import { Button } from '../../components/Button.tsx'
import { Select } from '../../components/Select.tsx'
import { TextField } from '../../components/TextField.tsx'
import { useAuditMessages } from '../../i18n/audit-messages-context.ts'
import type { AuditFilter } from '../../url/operations-url.ts'
import { useCluster } from '../shell/cluster-state.ts'
import { useReader } from '../shell/reader-context.ts'
import { GROUPED_OPERATIONS } from './operation-groups.ts'
import { isFault, judgeTypedFilter, type TypedFault, type TypedFilter, toTyped } from './typed-filter.ts'

export interface AuditFiltersProps {
  readonly filter: AuditFilter
  readonly onApply: (filter: AuditFilter) => void
}

/** Which entries are wanted. Choices hold at once, what is typed when it is sent. */
export function AuditFilters(props: AuditFiltersProps) {
  const { audit } = useAuditMessages()
  const { zone } = useReader()
  const { readNow } = useCluster()
  const [typed, setTyped] = createSignal<TypedFilter>(toTyped(props.filter, zone()))
  const [fault, setFault] = createSignal<TypedFault>()
  createEffect(
    on(
      () => [props.filter, zone()] as const,
      ([filter, inZone]) => {
        setTyped(toTyped(filter, inZone))
        setFault(undefined)
      },
      { defer: true },
    ),
  )
  const apply = (change: Partial<TypedFilter> = {}) => {
    const next = setTyped({ ...typed(), ...change })
    const judged = judgeTypedFilter(next, zone())
    if (isFault(judged)) setFault(judged)
    else {
      setFault(undefined)
      props.onApply(judged)
    }
  }
  const type = (field: 'username' | 'q' | 'from' | 'to') => ({
    value: typed()[field],
    onInput: (event: { readonly currentTarget: HTMLInputElement }) =>
      setTyped({ ...typed(), [field]: event.currentTarget.value }),
  })
  const faultOf = (field: TypedFault['field']) => {
    const wrong = fault()
    return wrong?.field === field ? audit.faults[wrong.kind] : undefined
  }
  return (
    <form
      class="audit-filters"
      aria-label={audit.filters.region}
      novalidate
      onSubmit={(event) => {
        event.preventDefault()
        apply()
      }}
    >
      <Select
        label={audit.filters.operation}
        value={typed().operation}
        options={[
          { value: '', text: `${audit.filters.operation}: ${audit.all}` },
          ...GROUPED_OPERATIONS.map(({ name, group }) => ({
            value: name,
            text: audit.operation(name),
            group: audit.groups[group],
          })),
        ]}
        onChange={(operation) => apply({ operation })}
      />
      <Select
        label={audit.filters.outcome}
        value={typed().outcome}
        options={[
          { value: '', text: `${audit.filters.outcome}: ${audit.all}` },
          { value: 'true', text: audit.succeeded },
          { value: 'false', text: audit.notSucceeded },
        ]}
        onChange={(outcome) => apply({ outcome })}
      />
      <TextField label={audit.filters.user} maxLength={64} autocomplete="off" {...type('username')} />
      <TextField label={audit.filters.text} type="search" maxLength={128} {...type('q')} />
      <TextField
        label={audit.filters.from}
        type="datetime-local"
        step="1"
        error={faultOf('from')}
        {...type('from')}
      />
      <TextField
        label={audit.filters.to}
        type="datetime-local"
        step="1"
        error={faultOf('to')}
        {...type('to')}
      />
      <div class="audit-filters-buttons">
        <Button type="submit" kind="primary">
          {audit.filters.apply}
        </Button>
        <Show when={Object.keys(props.filter).length > 0}>
          <Button kind="quiet" onClick={() => props.onApply({})}>
            {audit.filters.clear}
          </Button>
        </Show>
        <span class="audit-note">{audit.zone(formatZone(readNow(), zone()))}</span>
      </div>
    </form>
  )
}
