import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { tickParts } from '@etcdmonitor/core/metrics/slots/tick-parts'
import { silentLog } from '@etcdmonitor/core/ports/log'
import { expect, it } from 'vitest'
import { openSqliteMetricsWriter } from '../metrics-writer.ts'
import { openSqliteMetricsReader } from './metrics-reader.ts'

const AT = 1_790_000_010_000
const MINUTE = 60_000

it('reads siblings where the newest of them is: one that has no sample there counts as 0', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-tail-'))
  await using cleanup = new AsyncDisposableStack()
  cleanup.defer(() => rmSync(dataDir, { recursive: true, force: true }))
  const options = { dataDir, clock: manualClock(AT), log: silentLog }
  await using writer = await openSqliteMetricsWriter(options)
  await using reader = openSqliteMetricsReader(options)
  for (let i = 0; i < 30; i++) {
    const scalars = [i < 3 ? ['Put', 'Range'] : ['Range']].flatMap((methods) =>
      methods.map((method) => ({ source: 'grpc_started' as const, labels: { method }, value: 10 + i })),
    )
    const members = [{ memberId: '2', scalars, histograms: [] }]
    await writer.append({ clusterId: '1', at: AT + i * MINUTE, members })
  }
  const query = { members: [{ clusterId: '1', memberId: '2' }], sources: ['grpc_started'] as const }
  const [ticks] = await reader.tail({ ...query, span: 90_000 })
  const newest = AT + 29 * MINUTE
  expect([...(ticks?.times ?? [])]).toEqual([newest - 2 * MINUTE, newest - MINUTE, newest])
  const increases = ticks && tickParts(ticks).series.map((one) => one.kind === 'counter' && [...one.increase])
  expect(increases).toEqual([
    [0, 0],
    [1, 1],
  ])
})
