import { SOURCES, type SourceEntry } from '../sources.ts'

/** What a name on a metrics page is to us. */
export interface WantedName {
  readonly family: string
  readonly part: 'value' | 'bucket' | 'sum' | 'count'
}

/** Families whose labels are texts that are shown, not numbers that are stored (metrics.md 1.5). */
export const INFO_FAMILIES = {
  serverVersion: { family: 'etcd_server_version', label: 'server_version' },
  clusterVersion: { family: 'etcd_cluster_version', label: 'cluster_version' },
  goVersion: { family: 'etcd_server_go_version', label: 'server_go_version' },
  serverId: { family: 'etcd_server_id', label: 'server_id' },
} as const

/** Families a source may come from, the preferred one first (metrics.md 1.1): etcd may rename a debugging family. */
export function familiesOf({ family = '', also = [] }: SourceEntry): readonly string[] {
  const renamed = family.replace(/^etcd_debugging_/, 'etcd_')
  return [...new Set([renamed, family, ...also])]
}

const wanted: ReadonlyMap<string, WantedName> = new Map(listNames())

/** Undefined: nothing is made of samples of that name. */
export const wantedName = (name: string): WantedName | undefined => wanted.get(name)

function* listNames(): Generator<[string, WantedName]> {
  for (const { family } of Object.values(INFO_FAMILIES)) yield [family, { family, part: 'value' }]
  for (const entry of SOURCES as readonly SourceEntry[]) {
    if (entry.from !== 'metrics') continue
    for (const family of familiesOf(entry)) {
      if (entry.kind !== 'histogram') yield [family, { family, part: 'value' }]
      else
        for (const part of ['bucket', 'sum', 'count'] as const) yield [`${family}_${part}`, { family, part }]
    }
  }
}
