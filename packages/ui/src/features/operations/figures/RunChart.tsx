import { formatInstant } from '@etcdmonitor/core/format/format-time'
import { formatValue } from '@etcdmonitor/core/format/format-value'
import { createRenderEffect, For, Show } from 'solid-js'
import type { MemberAnswer } from '../../../api/answers.ts'
import { DASHES, SEQUENCE } from '../../../charts/chart-columns.ts'
import { Swatch } from '../../../components/Swatch.tsx'
import type { WindowData } from '../../range/window-data.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { memberName } from '../../shell/health-model.ts'
import { useReader } from '../../shell/reader-context.ts'
import { texts } from '../texts.ts'
import { dotPath, linePath, placeOf } from './line-path.ts'
import type { Figure } from './run-figures.ts'

const SIZE = { width: 600, height: 80 }

export interface RunChartProps {
  readonly figure: Figure
  readonly data: WindowData
  readonly members: readonly MemberAnswer[]
  /** Beginning and end of the run, Unix ms; undefined: it runs. */
  readonly began: number
  readonly ended: number | undefined
}

/** One metric of all members from before a run to after it; the table under it says in numbers what the lines show. */
export function RunChart(props: RunChartProps) {
  const { readNow } = useCluster()
  const { zone } = useReader()
  const title = () => texts.figures.titles[props.figure.name]
  const show = (value: number | null | undefined) => formatValue(props.figure.unit, value)
  const time = (at: number) => formatInstant(at, { now: readNow(), zone: zone() })
  const lines = () =>
    props.members.flatMap(({ id }, at) => {
      const columns = props.data.members.get(id)
      const stats = columns?.stats.get(props.figure.metric)
      if (!columns || !stats || stats.last === null) return []
      return [
        {
          name: memberName(id, props.members),
          values: columns.series.get(props.figure.metric) ?? [],
          stats,
          colour: SEQUENCE[at % SEQUENCE.length] ?? 'gray',
          dash: DASHES[at % DASHES.length] ?? [],
        },
      ]
    })
  const frame = () => {
    const largest = Math.max(0, ...lines().flatMap(({ values }) => values.map((value) => value ?? 0)))
    return { from: props.data.from, to: props.data.to, top: largest * 1.1, ...SIZE }
  }
  const edges = () => [props.began, ...(props.ended === undefined ? [] : [props.ended])]
  return (
    <figure class="run-chart" aria-label={title()}>
      <figcaption>{title()}</figcaption>
      <Show when={lines().length > 0} fallback={<p class="operations-quiet">{texts.figures.none}</p>}>
        <svg viewBox={`0 0 ${SIZE.width} ${SIZE.height}`} preserveAspectRatio="none" aria-hidden="true">
          <For each={edges()}>
            {(at) => {
              const x = () => placeOf(at, frame())
              return <line class="run-chart-edge" x1={x()} x2={x()} y1="0" y2={SIZE.height} />
            }}
          </For>
          <For each={lines()}>
            {({ values, colour, dash }) => (
              <>
                <path
                  d={linePath(props.data.times, values, frame())}
                  stroke-dasharray={dash.join(' ')}
                  ref={(element) => paint(element, colour)}
                />
                <Show when={dotPath(props.data.times, values, frame())}>
                  {(dots) => (
                    <path class="run-chart-dots" d={dots()} ref={(element) => paint(element, colour)} />
                  )}
                </Show>
              </>
            )}
          </For>
        </svg>
        <p class="run-chart-times">
          <span>{time(props.data.from)}</span>
          <span>{time(props.data.to)}</span>
        </p>
        <table>
          <thead>
            <tr>
              <th scope="col">{texts.run.columns.member}</th>
              <th scope="col">{texts.figures.least}</th>
              <th scope="col">{texts.figures.largest}</th>
              <th scope="col">{texts.figures.newest}</th>
            </tr>
          </thead>
          <tbody>
            <For each={lines()}>
              {({ name, stats, colour, dash }) => (
                <tr>
                  <th scope="row">
                    <Swatch colour={colour} dash={dash} />
                    <bdi translate="no">{name}</bdi>
                  </th>
                  <td>{show(stats.min)}</td>
                  <td>{show(stats.max)}</td>
                  <td>{show(stats.last)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </Show>
    </figure>
  )
}

/** By a custom property: a style attribute in the markup is refused by the page's policy. */
function paint(element: SVGPathElement, colour: string): void {
  createRenderEffect(() => element.style.setProperty('--line', `var(--series-${colour})`))
}
