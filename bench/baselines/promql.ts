import type { Metric } from '@etcdmonitor/core/metrics/catalogue'

/** The query that means the same as one name of ours over one member, or undefined where PromQL has no such sentence. */
export function toPromql(
  { kind, source, params, agg }: Metric,
  memberId: string,
  step: number,
): string | undefined {
  const [name] = source
  if (name === undefined || source.length > 1) return undefined
  const of = (suffix = '', more = '') => `${name}${suffix}{member="${memberId}"${more}}[${step / 1_000}s]`
  switch (kind) {
    case 'gauge':
      return `${agg}_over_time(${of()})`
    case 'rate':
      return `sum(rate(${of()}))`
    case 'percent':
      return `100 * sum(rate(${of()}))`
    case 'counter':
      return `last_over_time(${of()})`
    case 'increase':
      return `sum(increase(${of()}))`
    case 'mean':
      return `sum(rate(${of('_sum')})) / sum(rate(${of('_bucket', ',le="+Inf"')}))`
    case 'quantile':
      return `histogram_quantile(${params.q}, sum by (le) (rate(${of('_bucket')})))`
    case 'ratio':
    case 'lag':
    case 'forecast':
    case 'constant':
      return undefined
  }
}
