import type { Zone } from '@etcdmonitor/core/format/zoned-time'
import { type Accessor, createContext, useContext } from 'solid-js'
import type { ThemeColours } from '../../charts/theme-colours.ts'

/** How this reader sees things. */
export interface ReaderSettings {
  readonly zone: Accessor<Zone>
  readonly localZone: Zone
  /** Of the theme in use; new ones when it changes. */
  readonly colours: Accessor<ThemeColours>
}

export const ReaderContext = createContext<ReaderSettings>()

export function useReader(): ReaderSettings {
  const reader = useContext(ReaderContext)
  if (!reader) throw new Error('no ReaderContext around this component')
  return reader
}
