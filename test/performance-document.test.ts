import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { PERFORMANCE_DOCUMENT, performanceDocument } from '../scripts/performance-document.ts'

it('docs/performance.md is what the benches have on record; node scripts/performance-document.ts writes it', async () => {
  expect(await readFile(PERFORMANCE_DOCUMENT, 'utf8')).toBe(performanceDocument())
})

it('shows ratios beside their baseline, and why something was not run', () => {
  const run = { commit: 'abc1234', node: '26.10.0', cores: 2, started_at: 1_790_000_000, seed: 7 }
  const benches = [
    {
      id: 'ST-1',
      title: '100 metrics',
      unit: 'ratio',
      runs: [0.1],
      median: 0.1,
      demand: { op: '<=' as const, value: 0.15 },
      verdict: 'met' as const,
      baseline: { id: 'prometheus', unit: 'ms', median: 300 },
      side: { ours_ms: 30 },
    },
    {
      id: 'ST-2',
      title: 'the same',
      unit: 'ratio',
      runs: [],
      verdict: 'not_run' as const,
      reason: 'no server',
    },
  ]
  expect(performanceDocument([{ ...run, benches }])).toContain(
    [
      '## 2026-09-21 14:13 UTC, commit abc1234',
      '',
      'Node 26.10.0, 2 cores, seed 7.',
      '',
      '| id | what | measured | demanded | verdict | beside |',
      '| --- | --- | --- | --- | --- | --- |',
      '| ST-1 | 100 metrics | 0.1 ratio | <= 0.15 | met | prometheus: 300 ms, ours_ms: 30 |',
      '| ST-2 | the same | no server |  | not_run |  |',
    ].join('\n'),
  )
})
