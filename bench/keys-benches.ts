import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { ensureServer } from '@etcdmonitor/rig/servers'
import type { BenchFamily } from './bench.ts'
import { type KeyBench, notRun } from './key-bench.ts'
import { ETCD_FLAGS, KEY_COUNT, loadKeys } from './key-data.ts'
import { measureListing, measureSearch } from './key-lists.ts'
import { median, round3 } from './measure.ts'
import { type BenchRecord, type Demand, judge } from './records.ts'
import { measureSingle } from './single-keys.ts'
import { startWatchedConsole, type WatchedConsole } from './watched-console.ts'

const IDS = [
  'L9-root',
  'L9-5000',
  'L9-20000',
  'L9-search',
  'L9-keys',
  'L9-puts',
  'L10-get',
  'L10-put',
  'L10-put-postgres',
]
const ROUNDS = 9

/** Browsing, searching and listing 1.2 million keys; single keys through the console and by the client itself. */
export const keysBenches: BenchFamily = {
  ids: IDS,
  async run(wanted, { say }) {
    const etcd = await ensureServer('etcd')
    const ids = IDS.filter((id) => wanted.has(id))
    if ('missing' in etcd) return ids.map((id) => notRun(id, etcd.missing))
    await using servers = await startEtcdCluster({
      members: 1,
      binary: etcd.path,
      flags: ETCD_FLAGS,
    })
    const url = servers.endpoints[0] ?? ''
    say(`putting ${KEY_COUNT} keys`)
    await loadKeys(url)
    await using console = await startWatchedConsole(servers.endpoints)
    const records: BenchRecord[] = []
    for (const measure of MEASURES.filter(({ of }) => of.some((id) => wanted.has(id)))) {
      for (const record of await measure.run({ url, console })) {
        say(
          `${record.id}: ${record.median ?? record.reason} ${record.unit} ${JSON.stringify(record.side ?? {})}`,
        )
        if (wanted.has(record.id)) records.push(record)
      }
    }
    return records
  },
}

interface Measure {
  readonly of: readonly string[]
  readonly run: (bench: KeyBench) => Promise<readonly BenchRecord[]>
}

const level = (id: string, path: string, children: number, most: number): Measure => ({
  of: [id],
  run: async ({ console }) => [
    await measureLevel(console, { id, path, children, demand: { op: '<=', value: most } }),
  ],
})

const MEASURES: readonly Measure[] = [
  level('L9-root', '', 13, 1_000),
  level('L9-5000', '?key=/five', 10, 25),
  level('L9-20000', '?key=/twenty', 10, 80),
  { of: ['L9-search'], run: measureSearch },
  { of: ['L9-keys', 'L9-puts'], run: measureListing },
  { of: ['L10-get'], run: (bench) => measureSingle(bench, 'get') },
  { of: ['L10-put'], run: (bench) => measureSingle(bench, 'put') },
  { of: ['L10-put-postgres'], run: (bench) => measureSingle(bench, 'put-postgres') },
]

interface Level {
  readonly id: string
  readonly path: string
  readonly children: number
  readonly demand: Demand
}

async function measureLevel(
  console: WatchedConsole,
  { id, path, children, demand }: Level,
): Promise<BenchRecord> {
  const runs: number[] = []
  const { side } = await console.watch(async () => {
    for (let round = -1; round < ROUNDS; round += 1) {
      const { totalMs, text } = await console.fetch(`/api/kv/v3/children${path}`)
      const { node } = JSON.parse(text) as { readonly node: { readonly nodes: readonly unknown[] } }
      if (node.nodes.length !== children) throw new Error(`${path}: ${node.nodes.length} children`)
      if (round >= 0) runs.push(round3(totalMs))
    }
  })
  const value = median(runs)
  const title = `children of ${path === '' ? 'the root' : path.slice(5)}`
  return { id, title, unit: 'ms', runs, median: value, demand, verdict: judge(value, demand), side }
}
