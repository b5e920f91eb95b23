import { For, Show } from 'solid-js'
import type { RunAnswer } from '../../../api/answers.ts'
import { Failure } from '../../../components/DataState.tsx'
import { useCluster } from '../../shell/cluster-state.ts'
import { texts } from '../texts.ts'
import { RunChart } from './RunChart.tsx'
import { createRunFigures, figuresOf } from './run-figures.ts'
import './RunCharts.css'

/** What the operation did to the members, beside what they do without it (ui.md 9.3). */
export function RunCharts(props: { readonly run: RunAnswer }) {
  const { status } = useCluster()
  const figures = createRunFigures(() => props.run)
  const ended = () => (props.run.finished_at === null ? undefined : props.run.finished_at * 1_000)
  return (
    <section class="run-charts" aria-label={texts.figures.title}>
      <h2>{texts.figures.title}</h2>
      <Show when={figures.problem()}>
        {(problem) => <Failure problem={problem()} onRetry={figures.retry} />}
      </Show>
      <Show when={status() && figures.data()}>
        {(data) => (
          <div>
            <For each={figuresOf(props.run.operation)}>
              {(figure) => (
                <RunChart
                  figure={figure}
                  data={data()}
                  members={status()?.members ?? []}
                  began={props.run.started_at * 1_000}
                  ended={ended()}
                />
              )}
            </For>
          </div>
        )}
      </Show>
    </section>
  )
}
