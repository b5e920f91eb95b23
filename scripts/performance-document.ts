import { writeFile } from 'node:fs/promises'
import { type BenchRecord, type BenchRun, readRuns } from '../bench/records.ts'

export const PERFORMANCE_DOCUMENT = new URL('../docs/performance.md', import.meta.url)

const HEAD = `# Performance

Written by \`scripts/performance-document.ts\` from \`bench/results.json\`, which \`pnpm bench\` writes; a test compares them. Every figure is the
median of its runs. A ratio is our time over that of the baseline, both measured in turn in one run on the same machine and the same samples;
milliseconds and bytes are of that machine alone.
`

/** \`docs/performance.md\`: the figures on record for people. */
export const performanceDocument = (runs: readonly BenchRun[] = readRuns()): string =>
  [HEAD, ...runs.map(toSection)].join('\n')

const toSection = ({ commit, node, cores, started_at, seed, benches }: BenchRun): string => {
  const at = new Date(started_at * 1_000).toISOString().slice(0, 16).replace('T', ' ')
  return `## ${at} UTC, commit ${commit}

Node ${node}, ${cores} cores, seed ${seed}.

| id | what | measured | demanded | verdict | beside |
| --- | --- | --- | --- | --- | --- |
${benches.map(toRow).join('\n')}
`
}

function toRow(record: BenchRecord): string {
  const { id, title, median, unit, demand, verdict, reason, baseline, side = {} } = record
  const measured = median === undefined ? (reason ?? '') : `${median} ${unit}`
  const beside = [
    ...(baseline ? [`${baseline.id}: ${baseline.median} ${baseline.unit}`] : []),
    ...Object.entries(side).map(([name, value]) => `${name}: ${value}`),
  ]
  const cells = [
    id,
    title,
    measured,
    demand ? `${demand.op} ${demand.value}` : '',
    verdict,
    beside.join(', '),
  ]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

if (import.meta.main) await writeFile(PERFORMANCE_DOCUMENT, performanceDocument())
