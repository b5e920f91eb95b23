import { Show } from 'solid-js'
import { useMessages } from '../../i18n/messages-context.ts'
import { createLazyLayer } from '../../primitives/create-lazy-layer.ts'
import { useCluster } from './cluster-state.ts'
import { HealthChipFace } from './HealthChipFace.tsx'
import { healthChip, reasonText } from './health-model.ts'
import { useReader } from './reader-context.ts'
import { sampleTime } from './sample-time.ts'

export function HealthChip() {
  const messages = useMessages()
  const cluster = useCluster()
  const { zone } = useReader()
  const layer = createLazyLayer(() => import('./HealthPopover.tsx'))
  // a session that has ended says nothing of the console
  const isLost = () => (cluster.problem()?.code ?? 'unauthenticated') !== 'unauthenticated'
  const look = () =>
    healthChip(
      cluster.status(),
      {
        isLost: isLost(),
        isOverdue: cluster.isOverdue(),
        seenAt: cluster.seenAt(),
        sampledAt: sampleTime(cluster.current()),
      },
      { now: cluster.now(), zone: zone() },
      messages,
    )
  // the chip's own text says little of why; the first reason does
  const label = () => {
    const [first] = cluster.status()?.health.reasons ?? []
    return first
      ? `${look().text}. ${reasonText(first, cluster.status()?.members ?? [], messages)}`
      : look().text
  }
  return (
    <Show
      when={layer.module()}
      fallback={
        <button
          type="button"
          class="health-chip"
          data-role={look().role}
          aria-label={label()}
          onClick={() => layer.want()}
        >
          <HealthChipFace look={look()} />
        </button>
      }
    >
      {(loaded) => {
        const { HealthPopover } = loaded()
        return <HealthPopover look={look()} label={label()} startsOpen={layer.isWanted()} />
      }}
    </Show>
  )
}
