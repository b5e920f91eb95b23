import { A } from '@solidjs/router'
import { Show } from 'solid-js'
import { type RunsAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { Icon } from '../../components/Icon.tsx'
import { useMessages } from '../../i18n/messages-context.ts'
import { createQuery } from '../../primitives/create-query.ts'
import { operationsHref } from '../../url/operations-url.ts'

const LOOK_EVERY = 10_000
/** Of what runs now. */
export const RUNNING_KEY = ['ops', 'runs', 'running'] as const

/** Only while an operation runs on the cluster, whoever began it. */
export function RunChip() {
  const messages = useMessages()
  const client = useClient()
  const query = createQuery<RunsAnswer>(() => ({
    queryKey: RUNNING_KEY,
    queryFn: ({ signal }) =>
      client.get('ops/runs', { state: 'running', limit: '1' }, { shape: SHAPES.runs, signal }),
    enabled: currentSession() !== undefined,
    refetchInterval: LOOK_EVERY,
    retry: false, // it is asked again soon anyhow
  }))
  const run = () => (query().isError ? undefined : query().data?.runs[0])
  const text = () => {
    const { operation, progress } = run() ?? {}
    const isCounted = progress?.unit === 'members' && progress.total !== null
    return messages.running(
      messages.runs.operation(operation ?? ''),
      isCounted ? `${progress.done}/${progress.total}` : '',
    )
  }
  return (
    <Show when={run()}>
      {(running) => (
        <A class="run-chip" href={operationsHref({ task: 'runs', run: running().id })}>
          <Icon name="refresh" />
          {text()}
        </A>
      )}
    </Show>
  )
}
