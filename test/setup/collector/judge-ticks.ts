import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics/reading/metrics-reader'
import { expect } from 'vitest'

interface Acknowledged {
  readonly member_id: string
  readonly at: number
}

/** What collectors said was committed: `<member id> <at>`, each once. */
export interface Acknowledgements {
  readonly keys: ReadonlySet<string>
  /** Takes the log of a collector that has ended. @throws Error when something was acknowledged before */
  take(logs: string): void
}

export function collectAcknowledged(): Acknowledgements {
  const keys = new Set<string>()
  return {
    keys,
    take(logs) {
      for (const line of logs.split('\n')) {
        if (!line.includes('"scrape_committed"') || !line.endsWith('}')) continue // its last line may be cut
        const { member_id, at } = JSON.parse(line) as Acknowledged
        expect(keys.has(`${member_id} ${at}`), 'acknowledged twice').toBe(false)
        keys.add(`${member_id} ${at}`)
      }
    },
  }
}

/** Fails when the store lost something that was acknowledged, or has a tick twice. */
export async function judgeTicks(dataDir: string, { keys }: Acknowledgements): Promise<void> {
  await using reader = openSqliteMetricsReader({ dataDir, clock: systemClock, log: createLog('error') })
  const stored = new Set<string>()
  for (const { member, firstAt, newestAt } of await reader.members()) {
    const window = { from: firstAt, to: newestAt + 1 }
    const [ticks] = await reader.ticks({ members: [member], sources: ['collector_up'], ...window })
    const values = ticks?.series[0]?.kind === 'gauge' ? ticks.series[0].values : new Float64Array()
    expect(values.length).toBe(ticks?.times.length)
    expect(new Set(ticks?.times).size, 'a tick is stored once').toBe(values.length)
    ticks?.times.forEach((at, i) => {
      if (!Number.isNaN(values[i])) stored.add(`${member.memberId} ${at}`)
    })
  }
  expect(reader.health().state).toBe('ok')
  expect([...keys].filter((key) => !stored.has(key))).toEqual([])
}
