import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { M1, scalar, tickOf } from '@etcdmonitor/core/contracts/metrics-samples'
import { expect, it } from 'vitest'
import { openWriterRig } from './writer-rig.contract.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Lines of a tick: 100 KB of text, so that an hour of them is 12 MB. */
const METHODS = Array.from({ length: 1_000 }, (_, i) => `method-${i}`)
const QUARTER = 30
const HOUR = 120
const MOST_GROWTH = 3 * 1_048_576

function heapUsed(): number {
  collectGarbage()
  collectGarbage()
  return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers
}

it('F31 holds no more in memory after an hour without InfluxDB than after a quarter of one', async () => {
  await using rig = await openWriterRig()
  rig.answer = () => ({ status: 'none', cause: 'gone' })
  const add = async (ticks: number) => {
    for (let i = 0; i < ticks; i++) {
      await rig.addTicks(1, () => [
        tickOf(
          M1,
          METHODS.map((method) => scalar('grpc_started', i, { method })),
        ),
      ])
      rig.take() // what the server saw is the test's own
    }
  }
  await add(QUARTER)
  const before = heapUsed()
  await add(HOUR - QUARTER)
  expect(heapUsed() - before).toBeLessThan(MOST_GROWTH)
  expect(rig.outbox.totals().records).toBe(HOUR)
})
