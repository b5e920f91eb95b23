import { relayEtcd } from '@etcdmonitor/adapters/etcd/relay-etcd.contract'
import { type FaultProxy, startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shortWaits, type Waits } from '../setup/console/short-waits.ts'
import { type Download, download } from '../setup/downloads/download.ts'
import { openSnapshotStage, type SnapshotStage } from '../setup/downloads/snapshot-stage.ts'

/** More than lies in the buffers on the way. */
const MEGABYTES = 48
/** A client that does not read is looked at twice; a session every so often. As it is, that takes 40 s and 10 s. */
const WAITS: Waits =
  process.env.TEST_SUITE === 'full'
    ? {}
    : {
        'adapters/src/node/http-server.ts': { STALLED: 5_000 },
        'api/src/auth/watch-session.ts': { LOOK_EVERY: 500 },
      }

function expectBroken({ bytes, length, isClean }: Download): void {
  expect(isClean).toBe(false)
  expect(bytes).toBeLessThanOrEqual(length - 32)
}

needServer('etcd', () => {
  describe('a snapshot by ticket, over HTTP', () => {
    let stage: SnapshotStage<FaultProxy>
    beforeAll(async () => {
      stage = await openSnapshotStage({
        front: startFaultProxy,
        megabytes: MEGABYTES,
        env: shortWaits(WAITS),
      })
    })
    afterAll(() => stage?.[Symbol.asyncDispose]())

    const runOf = ({ headers }: Pick<Download, 'headers'>) => stage.untilEnded(String(headers['x-run-id']))
    const entryOf = async (id: string) => (await stage.entries()).find(({ run_id }) => run_id === id)

    it('is told as sent when the system has taken all of it, with the name of its file', async () => {
      const got = await download(await stage.ticketUrl())
      expect(got).toMatchObject({ isClean: true, isWhole: true })
      const run = await runOf(got)
      const [, fileName] = /filename="([^"]+)"/.exec(got.headers['content-disposition'] ?? '') ?? []
      expect(run).toMatchObject({
        state: 'succeeded',
        result: { file_name: fileName, bytes: got.bytes, sha256: got.sha256 },
      })
      expect(await entryOf(run.id)).toMatchObject({ outcome: 'succeeded', code: '' })
    })

    it('OP14 has failed when the client leaves', async () => {
      const got = await download(await stage.ticketUrl(), {
        onBytes: (bytes, answer) => bytes > 5_000_000 && answer.destroy(),
      })
      expectBroken(got)
      const run = await runOf(got)
      expect(run).toMatchObject({ state: 'failed', error: { code: 'client_gone' } })
      expect(await entryOf(run.id)).toMatchObject({ outcome: 'failed', code: 'client_gone' })
    })

    it('OP14 has failed when the client takes one byte a second', async () => {
      const got = await download(await stage.ticketUrl(), {
        async onHeaders(answer) {
          const reading = setInterval(() => answer.read(1), 1_000)
          await stage.untilEnded(String(answer.headers['x-run-id']))
          clearInterval(reading)
        },
      })
      expectBroken(got)
      expect(await runOf(got)).toMatchObject({ state: 'failed', error: { code: 'client_gone' } })
    })

    it('OP14 ends with the session that asked for it', async () => {
      const got = await download(await stage.ticketUrl(), {
        async onHeaders({ headers }) {
          await stage.console().post('/api/auth/logout', {})
          await stage.console().signIn()
          await stage.untilEnded(String(headers['x-run-id']))
        },
      })
      expectBroken(got)
      expect(await runOf(got)).toMatchObject({ state: 'failed', error: { code: 'session_ended' } })
    })

    it('RU6 is broken off on request, and no success in the audit log', async () => {
      const got = await download(await stage.ticketUrl(), {
        async onHeaders({ headers }) {
          await stage.console().post(`/api/ops/runs/${headers['x-run-id']}/cancel`, {})
          await stage.untilEnded(String(headers['x-run-id']))
        },
      })
      expectBroken(got)
      const run = await runOf(got)
      expect(run).toMatchObject({ state: 'cancelled', error: null })
      expect(await entryOf(run.id)).toMatchObject({ outcome: 'failed', code: 'cancelled' })
    })
  })

  it('F19 a snapshot is broken off when the member falls silent', async () => {
    await using stage = await openSnapshotStage({ front: startFaultProxy, megabytes: MEGABYTES })
    let stalledAt = 0
    const got = await download(await stage.ticketUrl(), {
      async onHeaders() {
        await stage.front.set({ mode: 'stall', direction: 'down' })
        stalledAt = performance.now()
      },
    })
    expect(performance.now() - stalledAt).toBeLessThan(60_000) // a silence of 15 s, on a busy machine
    expectBroken(got)
    const run = await stage.untilEnded(String(got.headers['x-run-id']))
    expect(run).toMatchObject({ state: 'failed', error: { code: 'etcd_timeout' } })
  })

  it('OP14 a snapshot without its trailing hash never ends cleanly', async () => {
    await using stage = await openSnapshotStage({
      front: (target) => relayEtcd(target, withoutLast),
      megabytes: 2,
    })
    const got = await download(await stage.ticketUrl())
    expectBroken(got)
    const run = await stage.untilEnded(String(got.headers['x-run-id']))
    expect(run).toMatchObject({ state: 'failed', error: { code: 'snapshot_corrupt' } })
  })
})

async function* withoutLast<T>(messages: AsyncIterable<T>): AsyncGenerator<T> {
  let held: T | undefined
  for await (const message of messages) {
    if (held !== undefined) yield held
    held = message
  }
}
