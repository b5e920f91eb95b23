import { METRICS } from '@etcdmonitor/core/metrics/catalogue'
import { expect, it } from 'vitest'
import { gaugeColumns } from './gauge-columns.ts'

const named = (name: string) => METRICS.filter((metric) => metric.name === name)
const GAUGE = named('etcd_server_proposals_pending')
const LAG = METRICS.filter(({ kind }) => kind === 'lag').slice(0, 1)

it.each([
  { name: 'a mean', metrics: GAUGE, include: [], columns: ['count', 'sum'] },
  { name: 'a maximum', metrics: GAUGE, agg: 'max', include: [], columns: ['count', 'sum', 'max'] },
  { name: 'a band', metrics: GAUGE, include: ['band'], columns: ['count', 'sum', 'min', 'max'] },
  { name: 'statistics', metrics: GAUGE, include: ['stats'], columns: ['count', 'sum', 'min', 'max', 'last'] },
  { name: 'a lag', metrics: LAG, include: [], columns: ['count', 'sum', 'last'] },
] as const)('asks for what $name rests on', ({ metrics, include, columns, ...rest }) => {
  expect(metrics).toHaveLength(1)
  expect(gaugeColumns(metrics, { include, ...rest })).toEqual(columns)
})
