import { TILE_METRICS } from '@etcdmonitor/core/metrics/tiles'
import { MonitorTiles } from '../tiles/MonitorTiles.tsx'
import { MonitorToolbar } from './MonitorToolbar.tsx'

/** What stands above the charts, in a chunk beside theirs: neither waits for the other. */
export const monitorTop = {
  MonitorToolbar,
  MonitorTiles,
  /** The newest values that the tiles tell, as the API is asked for them. */
  metrics: TILE_METRICS.join(','),
}
export type MonitorTop = typeof monitorTop
