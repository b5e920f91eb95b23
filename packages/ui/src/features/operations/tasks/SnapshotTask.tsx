import { formatValue } from '@etcdmonitor/core/format/format-value'
import { useNavigate } from '@solidjs/router'
import { createEffect, createMemo, createSignal, Show } from 'solid-js'
import { type RunsAnswer, SHAPES, type TicketAnswer } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import { currentSession } from '../../../api/session.ts'
import { basePath } from '../../../base-path.ts'
import { Button } from '../../../components/Button.tsx'
import { Select } from '../../../components/Select.tsx'
import { createChange } from '../../../primitives/create-change.ts'
import { createQuery } from '../../../primitives/create-query.ts'
import { operationsHref } from '../../../url/operations-url.ts'
import { useCluster } from '../../shell/cluster-state.ts'
import { memberName } from '../../shell/health-model.ts'
import { Confirm } from '../plan/Confirm.tsx'
import { StartFailed } from '../plan/StartFailed.tsx'
import { texts } from '../texts.ts'
import { nameAndId, proposeForSnapshot } from './member-choice.ts'

const PATIENCE = 40_000
const LOOK_EVERY = 500
/** After it a download that did not begin will not. */
const GIVE_UP = 10_000

/** The browser's own download, by a ticket that is good once; how it went is told by the run. */
export function SnapshotTask(props: { readonly member: string | undefined }) {
  const client = useClient()
  const navigate = useNavigate()
  const { status, readNow } = useCluster()
  const members = () => status()?.members ?? []
  const proposed = createMemo(() => proposeForSnapshot(members())?.id)
  const [chosen, setChosen] = createSignal(props.member)
  const member = () => members().find(({ id }) => id === (chosen() ?? proposed()))
  const [isAsking, setAsking] = createSignal(false)
  /** Unix ms by the server's clock, from when on the run may be; undefined: no ticket was used. */
  const [since, setSince] = createSignal<number>()
  const [usedAt, setUsedAt] = createSignal(0)
  const [isLate, setLate] = createSignal(false)
  const change = createChange<TicketAnswer>()

  const begun = createQuery<RunsAnswer>(() => {
    // whole seconds on the wire
    const from = String(Math.floor((since() ?? 0) / 1_000))
    return {
      queryKey: ['ops', 'runs', 'snapshot', from],
      queryFn: ({ signal }) =>
        client.get('ops/runs', { operation: 'snapshot', limit: '10', from }, { shape: SHAPES.runs, signal }),
      enabled: since() !== undefined && !isLate(),
      refetchInterval: LOOK_EVERY,
      gcTime: 0,
    }
  })
  createEffect(() => {
    const from = since()
    if (from === undefined || isLate()) return
    const own = begun().data?.runs.find(({ username }) => username === currentSession()?.username)
    if (own) navigate(operationsHref({ task: 'runs', run: own.id }))
    else if (begun().dataUpdatedAt > 0 && readNow() - usedAt() > GIVE_UP) setLate(true)
  })
  const download = async () => {
    const at = readNow()
    const body = { member_id: member()?.id }
    const ticket = await change.run(() =>
      client.post<TicketAnswer>('ops/snapshot/ticket', body, { shape: SHAPES.ticket, timeout: PATIENCE }),
    )
    setAsking(false)
    if (!ticket) return
    startDownload(ticket.ticket)
    setUsedAt(readNow())
    setLate(false)
    setSince(at)
  }
  return (
    <>
      <p>{texts.snapshot.about}</p>
      <p>{texts.snapshot.holds}</p>
      <div class="operations-form">
        <Select
          label={texts.snapshot.member}
          value={member()?.id ?? ''}
          options={members().map(({ id }) => {
            const name = memberName(id, members())
            return { value: id, text: id === proposed() ? texts.snapshot.proposal(name) : name }
          })}
          onChange={setChosen}
        />
        <span>{texts.snapshot.size(formatValue('bytes', member()?.db_size))}</span>
      </div>
      <Show when={change.problem()}>{(problem) => <StartFailed problem={problem()} />}</Show>
      <Show when={since() !== undefined}>
        <p class="operations-note" role="status" data-role={isLate() ? 'warn' : undefined}>
          {isLate() ? texts.snapshot.notBegun : texts.snapshot.waiting}
        </p>
      </Show>
      <div class="operations-act">
        <Button kind="primary" disabled={!member()} onClick={() => setAsking(true)}>
          {texts.snapshot.button}
        </Button>
      </div>
      <Show when={isAsking()}>
        <Confirm
          title={texts.tasks.snapshot}
          button={texts.snapshot.button}
          targets={[nameAndId(member()?.id ?? '', members())]}
          effects={[texts.snapshot.size(formatValue('bytes', member()?.db_size)), texts.snapshot.holds]}
          isBusy={change.isBusy()}
          onConfirm={() => void download()}
          onClose={() => setAsking(false)}
        />
      </Show>
    </>
  )
}

/** The address is built here: one that an answer holds is never followed. */
function startDownload(ticket: string): void {
  const link = document.createElement('a')
  link.href = `${basePath}api/ops/snapshot?${new URLSearchParams({ ticket })}`
  link.download = ''
  link.hidden = true
  document.body.append(link)
  link.click()
  link.remove()
}
