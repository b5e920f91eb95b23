import { createSignal, Show } from 'solid-js'
import { Button } from '../../../components/Button.tsx'
import { useCluster } from '../../shell/cluster-state.ts'
import { Confirm } from '../plan/Confirm.tsx'
import { createStart } from '../plan/create-start.ts'
import { StartFailed } from '../plan/StartFailed.tsx'
import { texts } from '../texts.ts'
import { nameAndId } from './member-choice.ts'

export function HashTask() {
  const { status } = useCluster()
  const [isAsking, setAsking] = createSignal(false)
  const start = createStart('ops/hashkv')
  const voters = () => (status()?.members ?? []).filter(({ is_learner }) => !is_learner)
  const begin = async () => {
    await start.start(undefined)
    setAsking(false)
  }
  return (
    <>
      <p>{texts.hashkv.about}</p>
      <Show when={start.problem()}>{(problem) => <StartFailed problem={problem()} />}</Show>
      <div class="operations-act">
        <Button kind="primary" disabled={voters().length === 0} onClick={() => setAsking(true)}>
          {texts.hashkv.button}
        </Button>
      </div>
      <Show when={isAsking()}>
        <Confirm
          title={texts.tasks.hashkv}
          button={texts.hashkv.button}
          targets={voters().map(({ id }) => nameAndId(id, status()?.members ?? []))}
          effects={[texts.hashkv.confirm, texts.plan.stoppable]}
          isBusy={start.isBusy()}
          onConfirm={() => void begin()}
          onClose={() => setAsking(false)}
        />
      </Show>
    </>
  )
}
