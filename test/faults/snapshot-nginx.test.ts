import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type FaultProxy, startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DownloadHooks, download } from '../setup/downloads/download.ts'
import { openSnapshotStage, type SnapshotStage } from '../setup/downloads/snapshot-stage.ts'
import { eventually } from '../setup/eventually.ts'
import { startNginx } from '../setup/proxies/nginx.ts'

const MEGABYTES = process.env.TEST_SUITE === 'full' ? 200 : 64
const MIB = 1_048_576

needServer('etcd', () =>
  needServer('nginx', (path) => {
    describe(`a snapshot of ${MEGABYTES} MB through nginx with its defaults`, () => {
      let stage: SnapshotStage<FaultProxy>
      beforeAll(async () => {
        stage = await openSnapshotStage({ front: startFaultProxy, megabytes: MEGABYTES })
      })
      afterAll(() => stage?.[Symbol.asyncDispose]())

      /** By `through`, else by nginx. */
      async function take(nginx: string, hooks: DownloadHooks = {}) {
        const { pathname, search } = new URL(await stage.ticketUrl())
        return download(`${nginx}${pathname}${search}`, hooks)
      }
      const runOf = (headers: { readonly [name: string]: unknown }) => String(headers['x-run-id'])

      it('comes whole to a client that is slower than the member, and nothing is put by on the way', async () => {
        await using nginx = await startNginx(path, stage.console().url)
        await using slow = await startFaultProxy(nginx.url)
        await slow.set({ mode: 'rate', bytesPerSecond: 20_000_000, direction: 'down' })
        let kept = 0
        const got = await take(slow.url, {
          onBytes: () => {
            kept = Math.max(kept, sizeOf(nginx.bufferFolder))
          },
        })
        expect(got).toMatchObject({ status: 200, isClean: true, isWhole: true })
        expect(kept).toBe(0)
        expect(await stage.untilEnded(runOf(got.headers))).toMatchObject({
          state: 'succeeded',
          result: { bytes: got.bytes, sha256: got.sha256 },
        })
      })

      it('is sent at the pace of the client, and ends when the client leaves', async () => {
        await using nginx = await startNginx(path, stage.console().url)
        const got = await take(nginx.url, {
          async onHeaders(answer) {
            const id = runOf(answer.headers)
            let before = await stage.run(id)
            const sent = await eventually('two notes of the same progress', async () => {
              const now = await stage.run(id)
              if (now.updated_at === before.updated_at) return undefined
              const isSame = now.progress?.done === before.progress?.done
              before = now
              return isSame && now.progress?.done
            })
            expect(sent).toBeLessThan(40 * MIB)
            answer.destroy()
          },
        })
        expect(got.isClean).toBe(false)
        const run = await stage.untilEnded(runOf(got.headers))
        expect(run).toMatchObject({ state: 'failed', error: { code: 'client_gone' } })
      })

      it('never ends cleanly when the API is killed, or the member breaks off', async () => {
        await using nginx = await startNginx(path, stage.console().url)
        const broken = await take(nginx.url, {
          onBytes: (bytes) => bytes > 10 * MIB && stage.front.set({ mode: 'resetAfter', bytes: 1 }),
        })
        await stage.front.set({ mode: 'pass' })
        expect(broken.isClean).toBe(false)
        expect(await stage.untilEnded(runOf(broken.headers))).toMatchObject({ state: 'failed' })
        const killed = await take(nginx.url, {
          onBytes: (bytes) => bytes > 10 * MIB && void stage.console().program.kill(),
        })
        expect(killed.isClean).toBe(false)
        expect(killed.bytes).toBeLessThan(killed.length)
      })
    })
  }),
)

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0)
