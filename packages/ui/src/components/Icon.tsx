/** Paths on a grid of 16 px. */
const PATHS = {
  mark: 'M1.5 8.5h2.7l2-5 3.4 9.5 2.2-5.5h2.7',
  ok: 'M3 8.5l3.5 3.5L13 4.5',
  notice: 'M8 2.5l6 11H2z',
  warn: 'M8 2.5l6 11H2zM8 6.5v3.5M8 11.8v.2',
  crit: 'M4 4l8 8M12 4l-8 8',
  unknown: 'M5.5 6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M8 12.8v.2',
  info: 'M8 7.5v4M8 4.8v.2M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z',
  stale: 'M8 4.5V8l2.5 1.5M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z',
  offline: 'M2 2l12 12M3 7a7.5 7.5 0 0 1 3-1.8M13 7a7.5 7.5 0 0 0-3.2-1.9M5.5 9.8A4 4 0 0 1 8 9M8 12.8v.2',
  leader: 'M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z',
  refresh: 'M13.5 8a5.5 5.5 0 1 1-1.6-3.9M13.5 2v3.2h-3.2',
  reset: 'M2.5 8a5.5 5.5 0 1 0 1.6-3.9M2.5 2v3.2h3.2',
  down: 'M4 6.5l4 4 4-4',
  up: 'M4 9.5l4-4 4 4',
  grip: 'M6 4v.1M6 8v.1M6 12v.1M10 4v.1M10 8v.1M10 12v.1',
  settings: 'M2.5 5h6M12.5 5h1M10.5 3v4M2.5 11h1M7.500 11h6M5.500 9v4',
  maximise: 'M9.5 2.5h4v4M13.5 2.5L9 7M6.5 13.5h-4v-4M2.5 13.5L7 9',
  restore: 'M13 7H9V3M9 7l4.5-4.5M3 9h4v4M7 9l-4.5 4.5',
  back: 'M9.5 3.5L5 8l4.5 4.5',
  forward: 'M6.5 3.5L11 8l-4.5 4.5',
  zoom_out: 'M11 7a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM10 10l3.5 3.5M5 7h4',
  copy: 'M5.500 5.500h8v8h-8zM2.500 10.500v-8h8',
  more: 'M3.500 8h.1M8 8h.1M12.500 8h.1M3.500 8.500h.1M8 8.500h.1M12.500 8.500h.1',
  dot: 'M11 8a3 3 0 1 1-6 0 3 3 0 0 1 6 0z',
  close: 'M4 4l8 8M12 4l-8 8',
  user: 'M8 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM3 13.5c.5-2.3 2.5-3.5 5-3.5s4.500 1.200 5 3.500',
} as const

export type IconName = keyof typeof PATHS

/** Decoration: what it means is said by a word beside it. */
export function Icon(props: { readonly name: IconName; readonly filled?: boolean }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" data-filled={props.filled ? '' : undefined}>
      <path d={PATHS[props.name]} />
    </svg>
  )
}
