import type { Labels, MemberTick } from '@etcdmonitor/core/metrics/sample'
import { type LabelName, SOURCES, type SourceId, sourceOf } from '@etcdmonitor/core/metrics/sources'

/** What the bucket holds (storage.md 6.2): names of measurements, tags and fields, for the writer and the reader alike. */
export const MEASUREMENT = 'prometheus'
/** Descriptions of members: string fields. */
export const MEMBER_MEASUREMENT = 'etcdmonitor_member'

/** On every line, decimal. */
export const CLUSTER_TAG = 'cluster_id'
export const MEMBER_TAG = 'member_id'
/** Upper bound of a bucket, inclusive: `String(bound)`, or `+Inf`. Buckets are cumulative. */
export const BOUND_TAG = 'le'
const INFINITE_BOUND = '+Inf'
/** A series without a label has no such tag. */
export const LABEL_TAGS = [
  'peer',
  'version',
  'method',
  'class',
  'quantile',
] as const satisfies readonly LabelName[]

/** The tick in Unix ms, when the scrape succeeded; on the line without labels, as the next two. */
export const PAGE_AT_FIELD = 'etcdmonitor_page_at'
/** The same when Status answered. */
export const STATUS_AT_FIELD = 'etcdmonitor_status_at'
/** At every tick, also one without values: its rows are the ticks. 1: between this tick and the one before, do not just subtract; else 0. */
export const MARK_FIELD = 'etcdmonitor_mark'

/** String fields of a description by the property they hold; `data_reset` is JSON, `''` when there is none. */
export const INFO_FIELDS = {
  name: 'name',
  serverVersion: 'server_version',
  clusterVersion: 'cluster_version',
  goVersion: 'go_version',
  scrapeError: 'scrape_error',
  dataReset: 'data_reset',
} as const

/** Where the values of a source stand. Of a histogram `bucket` has the tag `le`; `count` is for other readers of the bucket. */
export type SourceFields =
  | { readonly kind: 'gauge' | 'counter'; readonly value: string }
  | { readonly kind: 'histogram'; readonly bucket: string; readonly sum: string; readonly count: string }

const fields: ReadonlyMap<SourceId, SourceFields> = new Map(SOURCES.map(({ id }) => [id, nameFields(id)]))

/** The first family of the source, else its id. Values are in seconds where the family says milliseconds. */
export function fieldsOf(source: SourceId): SourceFields {
  const found = fields.get(source)
  if (!found) throw new Error(`no source ${source}`)
  return found
}

function nameFields(source: SourceId): SourceFields {
  const { kind, family = source, divide } = sourceOf(source)
  const name = divide === 1_000 ? family.replace(/_milliseconds$/, '_seconds') : family
  return kind === 'histogram'
    ? { kind, bucket: `${name}_bucket`, sum: `${name}_sum`, count: `${name}_count` }
    : { kind, value: name }
}

/** What is asked for at once. A mark concerns the next tick of its group. */
export type SourceGroup = 'page' | 'status'

/** Of what has deltas; undefined for gauges: those of the page may come from Status when the page failed. */
export const groupOf = (source: SourceId): SourceGroup | undefined => groups.get(source)

const groups: ReadonlyMap<SourceId, SourceGroup> = new Map(
  SOURCES.flatMap(({ id, kind, from }) =>
    kind === 'gauge' ? [] : [[id, from === 'status' ? 'status' : 'page'] as const],
  ),
)

/** The groups of a tick: those that were answered, whether or not they gave a value. */
export function groupsOf({ scalars, histograms }: MemberTick): ReadonlySet<SourceGroup> {
  const groups = new Set<SourceGroup>()
  for (const { source, value } of scalars) {
    const group = groupOf(source)
    if (group) groups.add(group)
    if (source === 'collector_up' && value === 1) groups.add('page')
    if (source === 'status_up' && value === 1) groups.add('status')
  }
  if (histograms.length > 0) groups.add('page')
  return groups
}

export const boundText = (bound: number): string => (bound === Infinity ? INFINITE_BOUND : String(bound))
export const parseBound = (text: string): number => (text === INFINITE_BOUND ? Infinity : Number(text))

/**
 * Text as a tag value or a string field: every byte of its UTF-8 outside `[A-Za-z0-9_.:/@+-]` becomes `%XX`, so that nothing that line
 * protocol, CSV or Flux treats specially ever stands there.
 */
export const encodeText = (text: string): string => (PLAIN.test(text) ? text : encodeSigns(text))

const PLAIN = /^[A-Za-z0-9_.:/@+-]*$/

const encodeSigns = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll(/[!~*'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll(/%(?:3A|2F|40|2B)/g, decodeURIComponent)

/** The text again; as it stands when no `encodeText` wrote it. */
export function decodeText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Most series have none. Without the array of `Object.keys`: it is asked for each sample. */
export function hasLabels(labels: Labels): boolean {
  for (const _ in labels) return true
  return false
}

/** From a row of the server: empty and missing cells are no label. */
export function labelsOf(cell: (tag: LabelName) => string | undefined): Labels {
  const labels: Partial<Record<LabelName, string>> = {}
  for (const tag of LABEL_TAGS) {
    const text = cell(tag)
    if (text) labels[tag] = decodeText(text)
  }
  return labels
}
