import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TickBatch } from '@etcdmonitor/core/metrics/sample'
import { expect, it } from 'vitest'
import { systemClock } from '../../node/clock.ts'
import { createLog } from '../../node/log.ts'
import { openSqliteMetricsReader } from './metrics-reader.ts'
import { openSqliteMetricsWriter } from './metrics-writer.ts'

const AT = 1_790_000_010_000
const MEMBER = { clusterId: '1', memberId: '2' }
const tick = (i: number): TickBatch => ({
  clusterId: '1',
  at: AT + i * 1_000,
  members: [
    {
      memberId: '2',
      scalars: Array.from({ length: 400 }, (_, n) => ({
        source: 'grpc_started',
        labels: { method: `M${n}` },
        value: i,
      })),
      histograms: [],
    },
  ],
})

it('reports a full disk, keeps what it has, and goes on when there is room', async ({ skip }) => {
  using disk = mountSmallDisk()
  if (!disk) return skip('a small file system cannot be mounted here')
  const options = { dataDir: join(disk.path, 'data'), clock: systemClock, log: createLog('error') }
  const ballast = join(disk.path, 'ballast')
  writeFileSync(ballast, new Uint8Array(1_048_576))
  await using writer = await openSqliteMetricsWriter(options)
  await using reader = openSqliteMetricsReader(options)

  let i = 0
  const outcomes = new Map<number, boolean>()
  const append = () =>
    writer.append(tick(i)).then(
      () => void outcomes.set(i++, true),
      (error: unknown) => {
        outcomes.set(i++, false)
        return error
      },
    )
  let refusal: unknown
  while (refusal === undefined && i < 5_000) refusal = await append()
  expect(refusal).toMatchObject({ code: 'storage_unavailable' })
  expect(writer.health()).toEqual({ state: 'degraded', reason: 'disk_full' })
  await expect(writer.remember('one', 'x'.repeat(60_000))).rejects.toMatchObject({
    code: 'storage_unavailable',
  })
  expect(await reader.members()).toMatchObject([{ member: MEMBER, newestAt: AT + (i - 2) * 1_000 }])

  rmSync(ballast)
  expect(statfsSync(disk.path).bavail).toBeGreaterThan(0)
  expect(await append()).toBeUndefined()
  expect(writer.health()).toEqual({ state: 'ok', reason: '' })
  const window = { from: AT, to: AT + i * 1_000 }
  const [ticks] = await reader.ticks({ ...window, members: [MEMBER], sources: ['grpc_started'] })
  const stored = [...outcomes].filter(([, isStored]) => isStored).map(([n]) => AT + n * 1_000)
  expect([...(ticks?.times ?? [])]).toEqual(stored)
})

const asRoot = (command: string, ...args: readonly string[]) =>
  execFileSync(command, args, { stdio: 'ignore' })

/** Undefined where this user may not. */
function mountSmallDisk(): (Disposable & { readonly path: string }) | undefined {
  const path = mkdtempSync(join(tmpdir(), 'etcdmonitor-small-'))
  try {
    asRoot('mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', path)
  } catch {
    rmSync(path, { recursive: true })
    return undefined
  }
  return {
    path,
    [Symbol.dispose]() {
      asRoot('umount', '-l', path)
      rmSync(path, { recursive: true })
    },
  }
}
