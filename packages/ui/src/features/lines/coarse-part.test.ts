import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import { FURTHER_PANELS } from '@etcdmonitor/core/metrics/further-panels'
import { PANELS } from '@etcdmonitor/core/metrics/panels'
import { expect, it } from 'vitest'
import { coarsePart } from './coarse-part.ts'

const INTERVAL = 30_000
const PART = 1_800_000
const PLAIN = ['gauge', 'counter', 'constant']

it('is told of every metric of a panel whose values are computed, and of no other', () => {
  const drawn = [...PANELS, ...FURTHER_PANELS].flatMap(({ series }) => series)
  expect(drawn.length).toBeGreaterThan(80)
  for (const one of drawn) {
    const kind = METRICS.find(({ name }) => name === one.metric)?.kind ?? 'none'
    const part = coarsePart([one], { part: PART }, INTERVAL)
    expect(part, `${one.metric} ${kind}`).toBe(PLAIN.includes(kind) ? undefined : PART)
  }
})

it('is none where values are those of single scrapes, or not there yet', () => {
  const rate = { metric: 'etcd_server_proposals_committed_total_rate' }
  expect(coarsePart([rate], { part: INTERVAL }, INTERVAL)).toBeUndefined()
  expect(coarsePart([rate], undefined, INTERVAL)).toBeUndefined()
})

it('of a panel is that of the one series that has it', () => {
  const series = [{ metric: 'go_goroutines' }, { metric: 'raft_follower_lag' }]
  expect(coarsePart(series, { part: PART }, INTERVAL)).toBe(PART)
})
