import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { silentLog as log } from '@etcdmonitor/core/ports/log'
import type { Outbox, WaitingBatch } from '@etcdmonitor/core/ports/outbox'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openSqliteOutbox } from '../sqlite/outbox/open-outbox.ts'
import { createLinePacker } from './batch-body.ts'
import { planRequest } from './next-request.ts'

const TICKS = 40
const LINES = 1_000

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'etcdmonitor-plan-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

/** Ids of the batches whose bodies are asked for. */
function watchBodies(outbox: Outbox) {
  const read: number[] = []
  const note = (batches: readonly WaitingBatch[]) => {
    read.push(...batches.map(({ id }) => id))
    return batches
  }
  const watched: Pick<Outbox, 'oldest' | 'lastTick' | 'read'> = {
    oldest: (bounds) => note(outbox.oldest(bounds)),
    read: (ids) => note(outbox.read(ids)),
    lastTick: outbox.lastTick,
  }
  return { read, watched }
}

it('reads the bodies of one request, and of a live tick only when it overtakes', async () => {
  using outbox = await openSqliteOutbox({ dataDir, clock: manualClock(), log })
  const packer = createLinePacker()
  packer.add(Array.from({ length: LINES }, (_, i) => `m f=${i} 1`))
  const body = await packer.finish()
  for (let at = 1; at <= TICKS; at++)
    outbox.settle({ add: [{ at, members: { '1/1': ['page'] }, lines: LINES, samples: LINES, body }] })
  const bounds = { maxLines: 5_000, isHeld: false }
  const { read, watched } = watchBodies(outbox)

  const backFill = planRequest(watched, { ...bounds, liveFrom: TICKS + 1 })
  expect(backFill?.batches.map(({ batch }) => batch.id)).toEqual([1, 2, 3, 4, 5])
  expect(read.splice(0)).toEqual([1, 2, 3, 4, 5])

  const live = planRequest(watched, { ...bounds, liveFrom: TICKS, isHeld: true })
  expect(live?.batches.map(({ batch }) => batch.id)).toEqual([TICKS])
  expect(read).toEqual([TICKS])
})
