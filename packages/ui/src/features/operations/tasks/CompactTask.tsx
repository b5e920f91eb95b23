import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { createSignal, Show } from 'solid-js'
import { Checkbox } from '../../../components/Checkbox.tsx'
import { Failure } from '../../../components/DataState.tsx'
import { TextField } from '../../../components/TextField.tsx'
import { useCluster } from '../../shell/cluster-state.ts'
import { useReader } from '../../shell/reader-context.ts'
import { Planned } from '../plan/Planned.tsx'
import { texts } from '../texts.ts'
import { createRevisionQuery } from './revision-query.ts'

const PROPOSED = 1_000
const whole = (value: number) => value.toLocaleString('en')

export function CompactTask() {
  const { readNow } = useCluster()
  const { zone } = useReader()
  const { answer: known, readAt, problem } = createRevisionQuery()
  const [typed, setTyped] = createSignal(String(PROPOSED))
  const [isPhysical, setPhysical] = createSignal(false)
  const retain = () => (/^[1-9][0-9]{0,14}$/.test(typed()) ? Number(typed()) : undefined)
  /** By the server's clock. */
  const time = () => {
    const now = readNow()
    return formatInstant(readAt() + now - Date.now(), { now, zone: zone() })
  }
  const target = () => {
    const [head, kept] = [known()?.revision, retain()]
    return head === undefined || kept === undefined ? undefined : head - kept
  }
  const standing = () => {
    const revision = target()
    if (revision === undefined) return ''
    if (revision < 1) return texts.compact.nothing
    return revision <= (known()?.compact_revision ?? 0)
      ? texts.compact.already
      : texts.compact.preview(whole(revision))
  }
  const isPossible = () => {
    const revision = target()
    return revision !== undefined && revision >= 1 && revision > (known()?.compact_revision ?? 0)
  }
  return (
    <>
      <p>{texts.compact.about}</p>
      <Show when={known()} fallback={<Show when={problem()}>{(why) => <Failure problem={why()} />}</Show>}>
        {(answer) => (
          <p>
            {texts.compact.revision(
              whole(answer().revision),
              time(),
              answer().compact_revision === null ? '-' : whole(answer().compact_revision ?? 0),
            )}
          </p>
        )}
      </Show>
      <div class="operations-form">
        <TextField
          label={texts.compact.retain}
          inputmode="numeric"
          autocomplete="off"
          value={typed()}
          error={retain() === undefined ? texts.compact.badRetain : undefined}
          help={standing()}
          onInput={(event) => setTyped(event.currentTarget.value.trim())}
        />
        <div>
          <Checkbox
            label={texts.compact.physical}
            isChecked={isPhysical()}
            onChange={() => setPhysical(!isPhysical())}
          />
          <p class="operations-quiet">{texts.compact.physicalHelp}</p>
        </div>
      </div>
      <Planned
        path="ops/compact"
        body={isPossible() ? { retain_count: retain(), physical: isPhysical() } : undefined}
        confirmation={() => ({
          title: texts.tasks.compact,
          button: texts.compact.button(whole(target() ?? 0)),
          targets: [],
          effects: [texts.compact.preview(whole(target() ?? 0)), texts.plan.notStoppable],
          understand: texts.compact.understand,
        })}
      />
    </>
  )
}
