import { formatAge } from '@etcdmonitor/core/format/format-age'
import { createSignal, For, Show } from 'solid-js'
import { type AlarmAnswer, type AlarmsAnswer, SHAPES } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { currentSession } from '../../../api/session.ts'
import { Button } from '../../../components/Button.tsx'
import { DataState, Failure } from '../../../components/DataState.tsx'
import { createProblem, createQuery } from '../../../primitives/create-query.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { createAlarmRuns } from '../../since/alarm-runs.ts'
import type { UnbrokenRun } from '../../since/unbroken-run.ts'
import { Planned } from '../plan/Planned.tsx'
import { texts } from '../texts.ts'
import { nameAndId } from './member-choice.ts'
import { RescueSteps } from './RescueSteps.tsx'
import '../SimpleTable.css'

const LOOK_EVERY = 10_000

/** Alarms that etcd has raised, what they mean, and the steps out of them. */
export function AlarmsTask() {
  const client = useClient()
  const query = createQuery<AlarmsAnswer>(() => ({
    queryKey: ['ops', 'alarms'],
    queryFn: ({ signal }) => client.get('ops/alarms', {}, { shape: SHAPES.alarms, signal }),
    enabled: currentSession() !== undefined,
    refetchInterval: LOOK_EVERY,
    gcTime: 0, // who comes back from a disarm does not see the alarm once more
  }))
  const problem = createProblem(query, () => 'alarms')
  const alarms = () => query().data?.alarms ?? []
  const runs = createAlarmRuns(() => alarms().length > 0)
  const [chosen, setChosen] = createSignal<AlarmAnswer>()
  return (
    <>
      <DataState
        isLoading={query().isPending && !problem()}
        problem={query().data ? undefined : problem()}
        onRetry={() => void query().refetch()}
      >
        <Show when={alarms().length > 0} fallback={<p>{query().data && texts.alarms.none}</p>}>
          <AlarmsTable alarms={alarms()} runs={runs()} onDisarm={setChosen} />
        </Show>
      </DataState>
      <Show when={query().data && problem()}>
        {(why) => <Failure problem={why()} onRetry={() => void query().refetch()} />}
      </Show>
      <Show when={chosen()} keyed>
        {(alarm) => <Disarm alarm={alarm} />}
      </Show>
      <RescueSteps />
    </>
  )
}

const KNOWN: ReadonlySet<string> = new Set(['NOSPACE', 'CORRUPT'])

function AlarmsTable(props: {
  readonly alarms: readonly AlarmAnswer[]
  /** By type: how long there has been one. */
  readonly runs: ReadonlyMap<string, UnbrokenRun>
  readonly onDisarm: (alarm: AlarmAnswer) => void
}) {
  const columns = texts.alarms.columns
  /** Samples count the alarms of a type, whoever raised them: of several the first is told. */
  const sinceOf = (type: string) => {
    const run = props.runs.get(type)
    if (!run) return '-'
    const length = texts.lasting(formatAge(run.length), run.bound)
    const isOne = props.alarms.filter(({ alarm_type }) => alarm_type === type).length === 1
    return isOne ? length : texts.alarms.firstOfThem(length)
  }
  return (
    <div class="operations-scroll">
      <table class="operations-table">
        <caption class="visually-hidden">{texts.tasks.alarms}</caption>
        <thead>
          <tr>
            <th scope="col">{columns.member}</th>
            <th scope="col">{columns.type}</th>
            <th scope="col">{columns.since}</th>
            <th scope="col">{columns.meaning}</th>
            <th scope="col">
              <span class="visually-hidden">{texts.alarms.disarm}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          <For each={props.alarms}>
            {(alarm) => (
              <tr>
                <th scope="row">
                  <bdi translate="no">{whoOf(alarm)}</bdi>
                </th>
                <td>
                  <strong>{alarm.alarm_type}</strong>
                </td>
                <td>{sinceOf(alarm.alarm_type)}</td>
                <td>{texts.alarms.meanings[alarm.alarm_type] ?? texts.alarms.unknownMeaning}</td>
                <td>
                  <Show when={KNOWN.has(alarm.alarm_type)}>
                    <Button
                      aria-label={texts.alarms.disarmOf(alarm.alarm_type, whoOf(alarm))}
                      onClick={() => props.onDisarm(alarm)}
                    >
                      {texts.alarms.disarm}
                    </Button>
                  </Show>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  )
}

const whoOf = ({ member_id, member_name }: AlarmAnswer): string => {
  if (member_id === '0') return texts.alarms.unnamed
  return member_name || `${nameAndId(member_id, [])}, ${texts.alarms.left}`
}

function Disarm(props: { readonly alarm: AlarmAnswer }) {
  const { status } = useCluster()
  const type = () => props.alarm.alarm_type
  return (
    <section class="operations-panel" aria-label={texts.alarms.disarmOf(type(), whoOf(props.alarm))}>
      <h2>{texts.alarms.disarmOf(type(), whoOf(props.alarm))}</h2>
      <Planned
        path="ops/alarms/disarm"
        body={{ member_id: props.alarm.member_id, alarm_type: type() }}
        confirmation={() => ({
          title: texts.operations.alarm_disarm,
          button: texts.alarms.disarmButton(type()),
          targets: [
            props.alarm.member_id === '0'
              ? texts.alarms.unnamed
              : nameAndId(props.alarm.member_id, status()?.members ?? []),
          ],
          effects: [texts.plan.notStoppable],
          understand: texts.alarms.disarmUnderstand(type()),
        })}
      />
    </section>
  )
}
