import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BenchFamily } from './bench.ts'
import { enumerationBenches } from './enumeration-benches.ts'
import { floodBenches } from './flood-benches.ts'
import { inProcessBenches } from './in-process-benches.ts'
import { influxBenches } from './influx-benches.ts'
import { keysBenches } from './keys-benches.ts'
import { keysPageBenches } from './keys-page-benches.ts'
import { monthBenches } from './month-benches.ts'
import { outboxBenches } from './outbox-benches.ts'
import { rangeBenches } from './range-benches.ts'
import { type BenchRecord, recordRun } from './records.ts'
import { snapshotBenches } from './snapshot-benches.ts'
import { stateBenches } from './state-benches.ts'
import { storeBenches } from './store-benches.ts'

/** `pnpm bench [ID...] [--seed N]`: measures the benches of these ids, or all, and puts the figures on record. */
const FAMILIES: readonly BenchFamily[] = [
  rangeBenches,
  monthBenches,
  inProcessBenches,
  stateBenches,
  storeBenches,
  outboxBenches,
  influxBenches,
  keysBenches,
  keysPageBenches,
  floodBenches,
  enumerationBenches,
  snapshotBenches,
]

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string', default: '7' } },
  allowPositionals: true,
})
const known = FAMILIES.flatMap(({ ids }) => ids)
const unknown = positionals.filter((id) => !known.includes(id))
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; known are ${known.join(', ')}`)
  process.exitCode = 2
} else await measure(new Set(positionals.length > 0 ? positionals : known), Number(values.seed))

async function measure(wanted: ReadonlySet<string>, seed: number): Promise<void> {
  const started = Math.floor(Date.now() / 1_000)
  const benches: BenchRecord[] = []
  for (const family of FAMILIES.filter(({ ids }) => ids.some((id) => wanted.has(id)))) {
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-bench-'))
    try {
      benches.push(...(await family.run(wanted, { seed, folder, say: console.error })))
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const machine = { node: process.versions.node, cores: availableParallelism() }
  recordRun({ commit, ...machine, started_at: started, seed, benches })
  for (const record of benches) console.log(toLine(record))
}

function toLine({ id, title, unit, median, demand, verdict, reason, side }: BenchRecord): string {
  const wanted = demand ? ` (wanted ${demand.op} ${demand.value})` : ''
  const figures = Object.entries(side ?? {}).map(([name, value]) => ` ${name}=${value}`)
  return `${id} ${verdict}: ${title}: ${median ?? reason} ${unit}${wanted}${figures.join('')}`
}
