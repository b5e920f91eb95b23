import { writeFile } from 'node:fs/promises'
import { METRICS, type Metric, type SectionId } from '@etcdmonitor/core/metrics/catalogue'
import { type SourceEntry, sourceOf } from '@etcdmonitor/core/metrics/sources'

export const METRICS_DOCUMENT = new URL('../docs/metrics.md', import.meta.url)

const TITLES: Readonly<Record<SectionId, string>> = {
  raft: 'Raft and server',
  disk: 'Disk',
  storage: 'MVCC and storage',
  network: 'Network and peers',
  grpc: 'gRPC',
  runtime: 'Process and Go runtime',
  lease: 'Leases',
  collection: 'Collection',
}

const HEAD = `# Metrics

Written by \`scripts/metrics-document.ts\` from the catalogue in \`packages/core/src/metrics/catalogue.ts\`; a test compares both.

Every name that \`/api/current\` and \`/api/range\` serve, all of them for one member. **Kind** says how a value comes about:

| kind | value of a slot | aggregates beside the default |
| --- | --- | --- |
| gauge | of the samples | mean, least, largest, last |
| counter | the last sample | none |
| rate, percent | increase over the seconds that it covers; \`percent\` is that of one core | least, largest and last of the parts of the slot |
| increase | how much the counter rose, across restarts and failed scrapes; nothing is extrapolated | as rate |
| quantile, mean | of the observations of the slot, label sets and peers merged first; null without observations | as rate |
| ratio, lag | of two values of one tick, or of two increases of the slot | as gauge, as rate |
| forecast | least squares over four hours of 300 s means since the database last shrank | none |
| constant | always the same; no history | none |

A name whose family the etcd version lacks is valid and null. Names that end in \`_by_peer\` or \`_by_method\` have one series per label value,
under a key such as \`etcd_network_active_peers_by_peer{peer="10276657743932975437"}\`; the bare name asks for all of them.
`

/** `docs/metrics.md`: the catalogue for people. */
export function metricsDocument(): string {
  const named = METRICS.filter(({ alias_of }) => alias_of === undefined)
  const sections = Map.groupBy(named, ({ section }) => section)
  return [
    HEAD,
    ...[...sections].map(([section, metrics]) => sectionOf(TITLES[section], metrics)),
    aliasesOf(METRICS),
    sourcesOf(),
  ].join('\n')
}

const sectionOf = (title: string, metrics: readonly Metric[]): string => `## ${title}

${table(
  ['name', 'unit', 'kind', 'default', 'meaning', 'from'],
  metrics.map(({ name, unit, kind, agg, help, derivation }) => [
    code(name),
    unit,
    kind,
    agg,
    toCell(help),
    code(derivation),
  ]),
)}`

const aliasesOf = (metrics: readonly Metric[]): string => `## Other names

Names that existing clients use for a metric of another name.

${table(
  ['name', 'stands for'],
  metrics.flatMap(({ name, alias_of }) => (alias_of === undefined ? [] : [[code(name), code(alias_of)]])),
)}`

/** What the formulas above are made of. */
function sourcesOf(): string {
  const used = [...new Set(METRICS.flatMap(({ source }) => source))].map(sourceOf)
  const origin = ({ from, family = '' }: SourceEntry) =>
    from === 'metrics' ? code(family) : { status: 'Status', leases: 'LeaseLeases', self: 'the scrape' }[from]
  return `## Sources

What the formulas are made of: one raw value per member and tick.

${table(
  ['source', 'kind', 'comes from', 'labels kept'],
  used.map((source) => [code(source.id), source.kind, origin(source), (source.labels ?? []).join(', ')]),
)}`
}

const code = (text: string): string => `\`${toCell(text)}\``
const toCell = (text: string): string => text.replaceAll('|', '\\|')
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  `${[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')}\n`

if (import.meta.main) await writeFile(METRICS_DOCUMENT, metricsDocument())
