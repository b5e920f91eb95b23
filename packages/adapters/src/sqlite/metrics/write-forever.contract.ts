import { DatabaseSync, StatementSync } from 'node:sqlite'
import { numberedMembers } from '@etcdmonitor/core/contracts/metrics-samples'
import { AppError } from '@etcdmonitor/core/errors'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { systemClock } from '../../node/clock.ts'
import { createLog } from '../../node/log.ts'
import { openSqliteMetricsWriter } from './metrics-writer.ts'

/**
 * `write-forever.contract.ts <data folder> <first number> <statement> [open]`: appends ticks and keeps house as fast as the disk takes it,
 * by a clock that stands at each tick. Prints `stored <number>` for each tick that is acknowledged, and `refused <number>` where the store
 * says that it is not available. Kills itself in the middle of a seal,
 * before that statement of its housekeeping, or of opening the file; 0: never.
 */
const [dataDir = '', first = '1', statement = '0', part = 'seal'] = process.argv.slice(2)
const START = 1_790_028_000_000
const INTERVAL = 60_000
const DAY = 86_400_000

const tickNumber = (n: number): TickBatch => ({
  clusterId: '1',
  at: START + n * INTERVAL,
  members: numberedMembers(n),
})

const never = Number.POSITIVE_INFINITY
let left = part === 'open' ? Number(statement) : never
const countdown = () => {
  if (--left === 0) process.kill(process.pid, 'SIGKILL')
}
for (const [owner, name] of [
  [StatementSync.prototype, 'run'],
  [StatementSync.prototype, 'get'],
  [StatementSync.prototype, 'all'],
  [DatabaseSync.prototype, 'exec'],
] as const) {
  const original = Reflect.get(owner, name) as (...args: unknown[]) => unknown // a method of the driver
  Reflect.set(owner, name, function counted(this: unknown, ...args: unknown[]) {
    countdown()
    return original.apply(this, args)
  })
}

const writer = await openSqliteMetricsWriter({ dataDir, clock: systemClock, log: createLog('error') })
left = never
for (let n = Number(first); ; n++) {
  const appended = await orRefused(n, () => writer.append(tickNumber(n)))
  if (appended && appended.stored > 0) process.stdout.write(`stored ${n}\n`)
  for (let more: boolean | undefined = true; more; ) {
    left = part === 'seal' ? Number(statement) || never : never
    more = (await orRefused(n, () => writer.maintain({ now: START + n * INTERVAL, steady: DAY })))?.more
  }
  left = never
}

async function orRefused<T>(n: number, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call()
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'storage_unavailable')) throw error
    process.stdout.write(`refused ${n}\n`)
    return undefined
  }
}
