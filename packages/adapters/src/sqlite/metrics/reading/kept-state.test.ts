import type { MemberTick } from '@etcdmonitor/core/metrics/sample'
import type { MetricsReader } from '@etcdmonitor/core/ports/metrics-store'
import { expect, it } from 'vitest'
import { openDayFiles, START } from '../day-files.contract.ts'
import { openSqliteMetricsWriter } from '../metrics-writer.ts'
import { openSqliteMetricsReader } from './metrics-reader.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const TICK = 4 * MINUTE
const MEMBER = { clusterId: '1', memberId: '2' }

const options = openDayFiles()

/** Series that come and go, restart, and one that is new on the second day. */
function memberAt(tick: number): MemberTick {
  const peers = tick % 50 > 20 ? ['3', '4'] : ['3']
  const scalars = [
    { source: 'raft_index' as const, labels: {}, value: 10 * tick },
    { source: 'db_total' as const, labels: {}, value: 1_000 + ((tick * 7_919) % 613) },
    { source: 'put' as const, labels: {}, value: tick % 97 },
    ...peers.map((peer) => ({ source: 'peer_sent_failures' as const, labels: { peer }, value: tick })),
    ...(tick > 400 ? [{ source: 'lease_granted' as const, labels: {}, value: tick }] : []),
  ]
  const buckets = [tick, 2 * tick, 3 * tick]
  const histograms = [
    { source: 'wal_fsync' as const, labels: {}, bounds: [0.1, 0.2], buckets, sum: tick / 3 },
  ]
  return { memberId: '2', scalars, histograms: tick % 3 === 0 ? histograms : [] }
}

const GROUPS = [['put'], ['db_total', 'peer_sent_failures'], ['wal_fsync', 'put', 'lease_granted']] as const
const STEPS = [1, 4, 5, 10, 30, 50, 60, 240].map((minutes) => minutes * MINUTE)

/** What a console asks for at `now`: windows that end there, and a while before. */
function questionsAt(now: number, turn: number): ((reader: MetricsReader) => Promise<unknown>)[] {
  return GROUPS.flatMap((sources, i) =>
    [0, 25 * MINUTE, 3 * HOUR].flatMap((back, k) => {
      const step = STEPS[(turn + 3 * i + k) % STEPS.length] ?? MINUTE
      const to = Math.ceil((now - back) / step) * step
      const from = to - Math.max(1, Math.floor((30 * HOUR) / step)) * step
      const query = { members: [MEMBER], sources }
      return [
        (reader: MetricsReader) => reader.slots({ ...query, from, to, step }),
        (reader: MetricsReader) => reader.ticks({ ...query, from: to - 5 * HOUR, to }),
        (reader: MetricsReader) => reader.tail({ ...query, span: 5 * MINUTE }),
      ]
    }),
  )
}

it('answers from what it keeps as a process that starts now does from the file, whatever was stored and sealed since', async () => {
  await using writer = await openSqliteMetricsWriter(options())
  await using reader = openSqliteMetricsReader(options())
  for (let tick = 0; tick < 800; tick++) {
    const at = START + tick * TICK
    if (tick % 400 < 370) await writer.append({ clusterId: '1', at, members: [memberAt(tick)] })
    if (tick % 7 === 0) await writer.maintain({ now: at + MINUTE, steady: HOUR })
    if (tick % 97 > 1) continue
    for (const ask of questionsAt(at + MINUTE, tick)) {
      await using other = openSqliteMetricsReader(options())
      expect(await ask(reader)).toEqual(await ask(other))
    }
  }
})
