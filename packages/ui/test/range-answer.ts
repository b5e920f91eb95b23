import type { RangeAnswer } from '../src/api/answers.ts'
import type { Asked } from './render-page.tsx'

/** A scrape in each slot, whatever the lines say. */
const INTERVAL = 'scrape_interval_seconds'

/** Answers `/api/range` for three members with a line per metric, each slot at its value; `null` leaves the slot empty. */
export function answerRange(
  { query }: Asked,
  now: number,
  valueAt: (member: string, metric: string, at: number) => number | null = (_member, metric) =>
    metric === 'process_restarts' ? 0 : 1,
): RangeAnswer {
  const step = 10
  const end = Number(query.get('end') ?? Math.ceil(now / step) * step)
  const range = /^(\d+)([smhd])$/.exec(query.get('range') ?? '1h')
  const seconds = Number(range?.[1]) * { s: 1, m: 60, h: 3_600, d: 86_400 }[(range?.[2] ?? 'h') as 'h']
  const start = Number(query.get('start') ?? end - seconds)
  const times = Array.from({ length: Math.ceil((end - start) / step) }, (_, i) => start + i * step)
  const names = (query.get('metrics') ?? '').split(',')
  const columnsOf = (member: string) => {
    const series = Object.fromEntries(
      names.map((name) => [name, times.map((at) => (name === INTERVAL ? step : valueAt(member, name, at)))]),
    )
    const stats = Object.fromEntries(names.map((name) => [name, statsOf(series[name] ?? [], end)]))
    return { series, stats }
  }
  const head = { start, end, step, resolution: step, times, unknown_metrics: [] }
  const id = query.get('member_id') ?? ''
  if (id !== 'all') return { ...head, member_id: id, ...columnsOf(id) }
  const all = ['7', '8', '9'].map((member) => [member, columnsOf(member)] as const)
  return {
    ...head,
    member_id: 'all',
    series: Object.fromEntries(all.map(([member, { series }]) => [member, series])),
    stats: Object.fromEntries(all.map(([member, { stats }]) => [member, stats])),
  }
}

function statsOf(column: readonly (number | null)[], end: number) {
  const known = column.filter((value) => value !== null)
  if (known.length === 0) return { min: null, max: null, avg: null, last: null, last_time: null }
  const sum = known.reduce((total, value) => total + value, 0)
  return {
    min: Math.min(...known),
    max: Math.max(...known),
    avg: sum / known.length,
    last: known.at(-1) ?? null,
    last_time: end - 10,
  }
}
