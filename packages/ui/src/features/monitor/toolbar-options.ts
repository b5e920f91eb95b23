import { formatAge } from '@etcdmonitor/core/format/format-age'
import type { SelectOption } from '../../components/Select.tsx'
import type { Messages } from '../../i18n/messages.ts'
import { PRESETS, REFRESH_SECONDS } from '../../url/monitor-url.ts'

/** Value of the option that stands for an absolute window. */
export const FIXED = 'fixed'

/** The presets, and what is shown where that is none of them. */
export function rangeOptions(
  shown: string,
  fixedText: string | undefined,
  messages: Messages,
): SelectOption<string>[] {
  const presets: string[] = [...PRESETS]
  const extra = shown === FIXED || presets.includes(shown) ? [] : [shown]
  return [
    ...(fixedText === undefined ? [] : [{ value: FIXED, text: fixedText }]),
    ...[...extra, ...presets].map((value) => ({ value, text: rangeText(value, messages) })),
  ]
}

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
function rangeText(range: string, { monitor }: Messages): string {
  const unit = (['s', 'm', 'h', 'd'] as const).find((one) => range.endsWith(one))
  return unit ? monitor.last(Number(range.slice(0, -1)), unit) : range
}
