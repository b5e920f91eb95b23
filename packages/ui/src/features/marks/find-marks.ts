import type { MemberAnswer, RunAnswer } from '../../api/answers.ts'
import type { ChartMark } from '../../charts/chart-columns.ts'
import type { IconName } from '../../components/Icon.tsx'
import type { Messages } from '../../i18n/messages.ts'
import { operationsHref } from '../../url/operations-url.ts'
import { RESTARTS } from '../lines/panel-mode.ts'
import type { WindowData } from '../range/window-data.ts'
import { memberName } from '../shell/health-model.ts'

/** Of a chart, the newest. */
const MAX_MARKS = 50

export interface MarkFacts {
  readonly members: readonly Pick<MemberAnswer, 'id' | 'name'>[]
  readonly runs: readonly RunAnswer[]
  /** When the data was wiped or restored, Unix ms; 0: never. */
  readonly dataSince: number
}

const RUN_ICONS: Readonly<Partial<Record<RunAnswer['state'], IconName>>> = {
  running: 'refresh',
  succeeded: 'ok',
  failed: 'crit',
}

/** What happened in the window and may be why lines bend there: operations, restarts of `ids`, the data reset. Ascending. */
export function findMarks(
  ids: readonly string[],
  data: WindowData,
  { members, runs, dataSince }: MarkFacts,
  { marks: texts, runs: names }: Pick<Messages, 'marks' | 'runs'>,
): ChartMark[] {
  const ofRuns = runs.map(
    ({ id, operation, state, username, started_at }): ChartMark => ({
      key: id,
      at: started_at * 1_000,
      icon: RUN_ICONS[state] ?? 'warn',
      text: texts.run(names.operation(operation), names.state(state), username),
      href: operationsHref({ task: 'runs', run: id }),
    }),
  )
  const ofMembers = ids.flatMap((id) => {
    const counts = data.members.get(id)?.series.get(RESTARTS) ?? []
    return data.times.flatMap((at, slot): ChartMark[] => {
      const count = counts[slot] ?? 0
      if (count === 0) return []
      const text = texts.restart(memberName(id, members), count)
      return [{ key: `${id} ${at}`, at, icon: 'reset', text }]
    })
  })
  const ofData: ChartMark[] =
    dataSince > 0 ? [{ key: 'data', at: dataSince, icon: 'warn', text: texts.dataReset }] : []
  return [...ofRuns, ...ofMembers, ...ofData]
    .filter(({ at }) => at >= data.from && at <= data.to)
    .toSorted((one, other) => one.at - other.at)
    .slice(-MAX_MARKS)
}
