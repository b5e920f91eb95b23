import { formatAge } from '@etcdmonitor/core/format/format-age'
import type { SelectOption } from '../../components/Select.tsx'
import type { Messages } from '../../i18n/messages.ts'
import { REFRESH_SECONDS } from '../../url/monitor-url.ts'

/** Seconds faster than scrapes come are not offered. */
export function refreshOptions(
  interval: number,
  autoPeriod: number,
  { monitor }: Messages,
): SelectOption<string>[] {
  return [
    { value: 'auto', text: monitor.auto(formatAge(autoPeriod * 1_000)) },
    ...REFRESH_SECONDS.filter((seconds) => seconds >= interval).map((seconds) => ({
      value: String(seconds),
      text: monitor.every(formatAge(seconds * 1_000)),
    })),
    { value: 'off', text: monitor.off },
  ]
}

/** `range` as the API takes it. */
export function rangeText(range: string, { monitor }: Messages): string {
  const unit = (['s', 'm', 'h', 'd'] as const).find((one) => range.endsWith(one))
  return unit ? monitor.last(Number(range.slice(0, -1)), unit) : range
}

/** As short as it can be told; the long text stands in its name. */
export const shortRange = (range: string): string =>
  range.replace('m', ' min').replace(/(?<=\d)([hd])$/, ' $1')
