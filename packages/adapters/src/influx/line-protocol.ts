import type { HistogramSample, Labels, MemberTick } from '@etcdmonitor/core/metrics/sample'
import type { MemberInfo } from '@etcdmonitor/core/ports/metrics-store'
import {
  BOUND_TAG,
  boundText,
  CLUSTER_TAG,
  encodeText,
  fieldsOf,
  groupsOf,
  hasLabels,
  INFO_FIELDS,
  LABEL_TAGS,
  MARK_FIELD,
  MEASUREMENT,
  MEMBER_MEASUREMENT,
  MEMBER_TAG,
  PAGE_AT_FIELD,
  STATUS_AT_FIELD,
} from './influx-schema.ts'

const MAX_TAG = 128

/** Whose line, at which tick (Unix ms). */
export interface LinePlace {
  readonly clusterId: string
  readonly memberId: string
  readonly at: number
}

/**
 * The lines of one tick, without line feeds: one for each label set and bound (storage.md 6.2), the one without labels first. Values have to
 * be finite: the server refuses a whole request for one that is not.
 */
export function encodeTick(place: LinePlace, tick: MemberTick, isMarked: boolean): readonly string[] {
  const { lines, put } = openLines()
  put('', MARK_FIELD, isMarked ? 1 : 0)
  const groups = groupsOf(tick)
  if (groups.has('page')) put('', PAGE_AT_FIELD, place.at)
  if (groups.has('status')) put('', STATUS_AT_FIELD, place.at)
  for (const { source, labels, value } of tick.scalars) {
    const fields = fieldsOf(source)
    if (fields.kind === 'histogram') throw new Error(`${source} has a single value`)
    put(labelTags(labels), fields.value, value)
  }
  for (const sample of tick.histograms) putHistogram(sample, put)
  const head = `${MEASUREMENT}${placeTags(place)}`
  return lines.map(({ tags, fields }) => `${head}${tags} ${fields} ${place.at}`)
}

/** As it is put together: without the tags of cluster and member. */
interface OpenLine {
  readonly tags: string
  fields: string
}

/** Of one label set: its own line, and those of its buckets by their bounds. */
interface LabelSet {
  own?: OpenLine
  readonly buckets: Map<number, OpenLine>
}

/** The lines of one tick in the order of their first values. Buckets are found by number: a text of labels and bound for each takes longer. */
function openLines() {
  const lines: OpenLine[] = []
  const sets = new Map<string, LabelSet>()
  const setOf = (tags: string): LabelSet => {
    const known = sets.get(tags)
    if (known) return known
    const set = { buckets: new Map<number, OpenLine>() }
    sets.set(tags, set)
    return set
  }
  const open = (tags: string): OpenLine => {
    const line = { tags, fields: '' }
    lines.push(line)
    return line
  }
  const put: PutField = (tags, field, value, bound) => {
    const set = setOf(tags)
    const known = bound === undefined ? set.own : set.buckets.get(bound)
    const line = known ?? open(bound === undefined ? tags : `${tags},${BOUND_TAG}=${boundText(bound)}`)
    if (!known && bound === undefined) set.own = line
    else if (!known && bound !== undefined) set.buckets.set(bound, line)
    line.fields += `${line.fields === '' ? '' : ','}${field}=${numberText(value)}`
  }
  return { lines, put }
}

/** Says of a tick that is stored that one cannot subtract over what lies before it. */
export const encodeMark = (place: LinePlace): string =>
  `${MEASUREMENT}${placeTags(place)} ${MARK_FIELD}=1 ${place.at}`

/** A line that `encodeTick` made with its mark set; any other as it is. */
export const withMark = (line: string): string => line.replace(`${MARK_FIELD}=0`, `${MARK_FIELD}=1`)

/** The lines of a tick with the mark of one member set. */
export function markMember(lines: readonly string[], ids: Omit<LinePlace, 'at'>): readonly string[] {
  const own = `${MEASUREMENT}${placeTags(ids)} `
  return lines.map((line) => (line.startsWith(own) ? withMark(line) : line))
}

/** The description of one member. */
export function encodeInfo(place: LinePlace, { dataReset, ...info }: MemberInfo): string {
  const texts = { ...info, dataReset: dataReset ? JSON.stringify(dataReset) : '' }
  const fields = Object.entries(INFO_FIELDS).map(
    ([property, field]) => `${field}="${encodeText(texts[property as keyof typeof INFO_FIELDS])}"`, // its own keys
  )
  return `${MEMBER_MEASUREMENT}${placeTags(place)} ${fields.join(',')} ${place.at}`
}

/** The fields of a line, each as a line of its own. */
export function splitFields(line: string): readonly string[] {
  const [tags, fields = '', at] = line.split(' ') // none stands in a text: `encodeText`
  return fields.split(',').map((field) => `${tags} ${field} ${at}`)
}

/** Line protocol knows no other sign of a number than these; -0 has none in the answers of the server. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} is no number of line protocol`)
  return String(value)
}

/** `tags`: of labels, as they stand in the line; `bound`: of a bucket. */
type PutField = (tags: string, field: string, value: number, bound?: number) => void

function putHistogram({ source, labels, bounds, buckets, sum }: HistogramSample, put: PutField): void {
  const fields = fieldsOf(source)
  if (fields.kind !== 'histogram') throw new Error(`${source} has no buckets`)
  const tags = labelTags(labels)
  let count = 0
  for (const [i, observed] of buckets.entries()) {
    count += observed
    put(tags, fields.bucket, count, bounds[i] ?? Infinity)
  }
  put(tags, fields.sum, sum)
  put(tags, fields.count, count)
}

const placeTags = ({ clusterId, memberId }: Omit<LinePlace, 'at'>): string =>
  `${tag(CLUSTER_TAG, clusterId)}${tag(MEMBER_TAG, memberId)}`

function labelTags(labels: Labels): string {
  if (!hasLabels(labels)) return ''
  let tags = ''
  for (const name of LABEL_TAGS) tags += tag(name, labels[name] ?? '')
  return tags
}

/** An empty value is written as no tag. */
const tag = (name: string, text: string): string =>
  text === '' ? '' : `,${name}=${encodeText(text.slice(0, MAX_TAG))}`
