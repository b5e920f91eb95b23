import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { openSqliteMetricsReader } from '@etcdmonitor/adapters/sqlite/metrics/reading/metrics-reader'
import type { SourceId } from '@etcdmonitor/core/metrics/sources'
import type { MetricsReader, SlotQuery } from '@etcdmonitor/core/ports/metrics-store'
import type { DataSet } from './data-set.ts'

const RATE = 200
const SECONDS = 20
const HOUR = 3_600_000
const SPANS = [
  { span: HOUR, step: 30_000 },
  { span: HOUR, step: 30_000 },
  { span: 24 * HOUR, step: 300_000 },
  { span: 168 * HOUR, step: 600_000 },
]
const WRITER = fileURLToPath(new URL('write-beside.ts', import.meta.url))

export interface LoadFigures {
  readonly p99: number
  readonly failed: number
}

/** 64 different queries of 4 sources, half of them of 1 h, a quarter of 24 h, a quarter of 7 d; 200 a second for 20 s. */
export async function readUnderLoad(
  folder: string,
  data: DataSet,
  sources: readonly SourceId[],
): Promise<LoadFigures> {
  await using reader = openSqliteMetricsReader({
    dataDir: folder,
    clock: systemClock,
    log: createLog('warn'),
  })
  const queries = Array.from({ length: 64 }, (_, i) => queryOf(i, data, sources))
  for (const query of queries) await reader.slots(query)
  return await fire(reader, queries)
}

/** A process that writes to the store for 20 s; resolves when it has ended. */
export async function writeBeside(folder: string, seed: number, data: DataSet): Promise<void> {
  const args = [WRITER, folder, String(seed), String(data.to)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`the writer ended with ${code}`)
}

function queryOf(i: number, data: DataSet, sources: readonly SourceId[]): SlotQuery {
  const { span, step } = SPANS[i % SPANS.length] ?? { span: HOUR, step: 30_000 }
  const to = Math.ceil(data.to / step) * step
  const first = (i * 4) % Math.max(1, sources.length - 4)
  const memberId = data.memberIds[i % data.memberIds.length] ?? ''
  const members = [{ clusterId: data.clusterId, memberId }]
  return { members, sources: sources.slice(first, first + 4), from: to - span, to, step }
}

/** At their own times, whether those before have ended or not: a wait counts as the time of who waits. */
async function fire(reader: MetricsReader, queries: readonly SlotQuery[]): Promise<LoadFigures> {
  const took: number[] = []
  let failed = 0
  const begun = performance.now()
  const one = async (i: number) => {
    const due = begun + (i * 1_000) / RATE
    await sleep(Math.max(0, due - performance.now()))
    try {
      await reader.slots(queries[i % queries.length] as SlotQuery) // 64 of them
    } catch {
      failed++
    }
    took.push(performance.now() - due)
  }
  await Promise.all(Array.from({ length: RATE * SECONDS }, (_, i) => one(i)))
  took.sort((a, b) => a - b)
  return { p99: took[Math.floor(took.length * 0.99)] ?? Number.NaN, failed }
}
