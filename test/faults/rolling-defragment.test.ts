import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { newestInQuick } from '@etcdmonitor/rig/etcd-versions'
import { describe, expect, it } from 'vitest'
import { type Console, startConsole } from '../setup/console/console.ts'
import { QUICK_SETTLES, shortWaits } from '../setup/console/short-waits.ts'
import { defragSpans } from '../setup/etcd/defrag-spans.ts'
import { fillCluster } from '../setup/etcd/fill-cluster.ts'
import { countAcknowledged, judgeWrites, measureGaps, startPutWriters } from '../setup/etcd/put-writers.ts'
import { watchMembers } from '../setup/etcd/watch-members.ts'
import { eventually } from '../setup/eventually.ts'

const IS_FULL = process.env.TEST_SUITE === 'full'
const MIB = 1_048_576
/** Of each member's file; a third of it is free when the run begins. */
const FILE = (IS_FULL ? 300 : 30) * MIB
const LIMIT = IS_FULL ? 900_000 : 240_000
const PREFIX = '/written/'
/** Seconds between two scrapes: one of 1 s fails on a machine under load without any defragmentation. */
const INTERVAL = 5
/** A scrape that began before a member was blocked, ms. */
const BESIDE = 2 * INTERVAL * 1_000
/** A member that is blocked for so long leaves time to ask the others, ms. */
const LONG = 1_000
/** Reasons of the status that would be a false alarm while nothing is wrong. */
const ALARMS = ['no_view', 'no_leader', 'quorum_at_risk', 'member_unreachable', 'member_unhealthy']

interface Step {
  readonly name: string
  readonly state: string
  readonly member_name: string
  readonly started_at: number
}

interface Run {
  readonly state: string
  readonly finished_at: number | null
  readonly steps: readonly Step[]
  readonly result: { readonly leader_before: string; readonly leader_after: string } | null
}

/** Asks for the status again and again until `signal` aborts. Gives the reasons that were told, each once. */
async function watchStatus(console: Console, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const codes = new Set<string>()
  while (!signal.aborted) {
    const { body } = await console.get('/api/status')
    const { reasons } = body.health as { readonly reasons: readonly { readonly code: string }[] }
    for (const { code } of reasons) codes.add(code)
    await systemClock.sleep(250, signal)
  }
  return codes
}

async function roll(console: Console, movesLeader: boolean): Promise<Run> {
  const body = { member_ids: 'all', move_leader: movesLeader }
  const begun = await console.post('/api/ops/defragment?wait=0', body)
  expect(begun.status).toBe(202)
  const path = `/api/ops/runs/${String(begun.body.run_id)}`
  return eventually(
    'the run ends',
    async () => {
      const run = (await console.get(path)).body as unknown as Run
      return run.finished_at !== null && run
    },
    LIMIT - 60_000,
  )
}

interface Ticks {
  readonly times: readonly number[]
  readonly series: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>
}

/** Scrapes that the charts show as failed or missing between others, and all that was added up as changes of the leader. */
async function readCharts(console: Console, cluster: EtcdCluster) {
  const metrics = ['collector_up', 'process_restarts', 'etcd_server_leader_changes_seen_total_increase']
  const { body } = await console.get(
    `/api/range?member_id=all&range=15m&step=${INTERVAL}&format=columns&metrics=${metrics.join(',')}`,
  )
  const { times, series } = body as unknown as Ticks
  const { members } = (await console.get('/api/members')).body as {
    readonly members: readonly { readonly id: string; readonly name: string }[]
  }
  const sum = (column: readonly (number | null)[] = []) =>
    column.reduce<number>((all, one) => all + (one ?? 0), 0)
  const outages = members.flatMap(({ id, name }) => {
    const up = series[id]?.collector_up ?? []
    const first = up.findIndex((value) => value !== null)
    const last = up.findLastIndex((value) => value !== null)
    return up.flatMap((value, slot) =>
      slot > first && slot < last && value !== 1 ? [{ member: name, at: (times[slot] ?? 0) * 1_000 }] : [],
    )
  })
  expect(members).toHaveLength(cluster.members.length)
  return {
    outages,
    restarts: members.map(({ id }) => sum(series[id]?.process_restarts)),
    leaderChanges: members.map(({ id }) => sum(series[id]?.[metrics[2] ?? ''])),
  }
}

/** On few cores twelve writers keep a follower from a heartbeat for longer than the second it waits: no election is meant here. */
const PATIENT_VOTERS = IS_FULL ? [] : ['--heartbeat-interval=500', '--election-timeout=5000']

/** The pauses between members are the product's in the full suite. */
const WAITS = IS_FULL ? {} : shortWaits(QUICK_SETTLES)

describe.each(newestInQuick())(
  'a rolling defragmentation of etcd $version under twelve writers',
  (server) => {
    const isMissing = 'missing' in server // the reason is told by etcd-cluster.server.test.ts

    it.skipIf(isMissing).each([
      { way: 'in place', movesLeader: false },
      { way: 'after leadership was moved', movesLeader: true },
    ])(
      'OP7 F13 blocks one member at a time, the leader last ($way), loses and doubles no write, and is no outage',
      {
        timeout: LIMIT,
      },
      async ({ way, movesLeader }) => {
        if (isMissing) return
        await using cluster = await startEtcdCluster({
          members: 3,
          binary: server.path,
          flags: PATIENT_VOTERS,
        })
        await fillCluster(cluster.endpoints, FILE)
        await using console = await startConsole({
          endpoints: cluster.endpoints,
          env: { ETCDMONITOR_COLLECTOR_INTERVAL: String(INTERVAL), ...WAITS },
        })
        await console.signIn()
        await eventually('all members are scraped', async () => {
          const { body } = await console.get('/api/status')
          return (body.health as { readonly state: string }).state === 'healthy'
        })

        const [watching, stop] = [new AbortController(), () => watching.abort()]
        const writers = startPutWriters(cluster.endpoints, PREFIX)
        const watched = Promise.all([
          watchMembers(cluster.endpoints, watching.signal),
          watchStatus(console, watching.signal),
        ])
        await eventually('every writer writes', () => measureGaps(writers.writes).acknowledged > 100)
        const run = await roll(console, movesLeader)
        await writers.stop()
        stop()
        const [answers, codes] = await watched

        expect(run).toMatchObject({ state: 'succeeded' })
        const spans = defragSpans(cluster.members)
        const defragmented = run.steps
          .filter(({ name }) => name === 'defragment')
          .map((step) => step.member_name)
        expect(spans.map(({ member }) => member)).toEqual(defragmented)
        // never two at once, by what the members themselves say
        for (const [at, span] of spans.entries()) expect(span.from).toBeGreaterThan(spans[at - 1]?.to ?? 0)
        // and while one was blocked the others took writes, which a member that is blocked cannot acknowledge
        const meanwhile = spans.map((span) => countAcknowledged(writers.writes, span))
        expect(Math.max(...meanwhile)).toBeGreaterThan(0)
        // and answered, each of them: files of the quick suite are too small to ask both for sure
        const long = spans.filter(({ from, to }) => to - from >= LONG)
        if (IS_FULL) expect(long.length).toBeGreaterThan(0)
        for (const { member, from, to } of long) {
          // it may itself have answered once, between its word and its lock
          const within = answers.filter((one) => one.askedAt >= from && one.answeredAt <= to)
          const names = within.map((one) => cluster.members[one.member]?.name)
          const others = cluster.members.map(({ name }) => name).filter((name) => name !== member)
          expect(names).toEqual(expect.arrayContaining(others))
        }
        const { members } = (await console.get('/api/members')).body as {
          readonly members: readonly { readonly id: string; readonly name: string }[]
        }
        const leader = members.find(({ id }) => id === run.result?.leader_before)?.name
        expect(defragmented.at(-1)).toBe(leader)
        expect(run.result?.leader_after === run.result?.leader_before).toBe(!movesLeader)
        const kinds = run.steps.map(({ name }) => name)
        for (const [at, kind] of kinds.entries())
          if (kind === 'defragment') expect(kinds[at - 1]).toBe('gate')

        const written = await judgeWrites(cluster.endpoints[0] ?? '', PREFIX, writers.writes)
        expect(written).toEqual({ lost: [], doubled: [] })

        expect([...codes].filter((code) => ALARMS.includes(code))).toEqual([])
        const charts = await readCharts(console, cluster)
        const isBlocked = ({ member, at }: { readonly member: string; readonly at: number }) =>
          spans.some((span) => span.member === member && at > span.from - BESIDE && at < span.to + BESIDE)
        expect(charts.outages.filter((outage) => !isBlocked(outage))).toEqual([])
        expect(charts.restarts).toEqual([0, 0, 0])
        if (!movesLeader) expect(charts.leaderChanges).toEqual([0, 0, 0])

        const seconds = spans.map(({ from, to }) => ((to - from) / 1_000).toFixed(1)).join(', ')
        const gaps = measureGaps(writers.writes)
        process.stdout.write(
          `etcd ${server.version}, ${FILE / MIB} MiB, leader ${way}: blocked for ${seconds} s, ${meanwhile.join(', ')} writes meanwhile, ` +
            `the others asked in ${long.length} of them; ` +
            `${gaps.acknowledged} writes, ${gaps.failed} refused or unanswered, longest gap ${gaps.longestMs} ms, ` +
            `slowest write ${gaps.slowestMs} ms, ${charts.outages.length} scrapes missing\n`,
        )
      },
    )
  },
)
