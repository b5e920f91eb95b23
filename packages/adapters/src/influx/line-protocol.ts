import type { HistogramSample, Labels, MemberTick } from '@etcdmonitor/core/metrics/sample'
import type { MemberInfo } from '@etcdmonitor/core/ports/metrics-store'
import {
  BOUND_TAG,
  boundText,
  CLUSTER_TAG,
  encodeText,
  fieldsOf,
  groupsOf,
  INFO_FIELDS,
  LABEL_TAGS,
  MARK_FIELD,
  MEASUREMENT,
  MEMBER_MEASUREMENT,
  MEMBER_TAG,
  PAGE_AT_FIELD,
  STATUS_AT_FIELD,
} from './influx-schema.ts'

const NAME = /^[a-z][a-z0-9_]{0,127}$/
const MAX_TAG = 128

/** Whose line, at which tick (Unix ms). */
export interface LinePlace {
  readonly clusterId: string
  readonly memberId: string
  readonly at: number
}

/** The fields of one point; texts as line protocol has them. */
type Fields = Map<string, string>

/**
 * The lines of one tick, without line feeds: one for each label set and bound (storage.md 6.2), the one without labels first. Values have to
 * be finite: the server refuses a whole request for one that is not.
 */
export function encodeTick(place: LinePlace, tick: MemberTick, isMarked: boolean): readonly string[] {
  const points = new Map<string, Fields>() // by what stands before the fields
  const fieldsAt = (tags: string): Fields => {
    const known = points.get(tags) ?? new Map<string, string>()
    points.set(tags, known)
    return known
  }
  const own = fieldsAt('')
  own.set(MARK_FIELD, isMarked ? '1' : '0')
  const groups = groupsOf(tick)
  if (groups.has('page')) own.set(PAGE_AT_FIELD, numberText(place.at))
  if (groups.has('status')) own.set(STATUS_AT_FIELD, numberText(place.at))

  for (const { source, labels, value } of tick.scalars) {
    const fields = fieldsOf(source)
    if (fields.kind === 'histogram') throw new Error(`${source} has a single value`)
    fieldsAt(labelTags(labels)).set(fields.value, numberText(value))
  }
  for (const sample of tick.histograms) putHistogram(sample, fieldsAt)
  return [...points].map(([tags, fields]) =>
    toLine(`${MEASUREMENT}${placeTags(place)}${tags}`, fields, place),
  )
}

/** Says of a tick that is stored that one cannot subtract over what lies before it. */
export const encodeMark = (place: LinePlace): string =>
  toLine(`${MEASUREMENT}${placeTags(place)}`, new Map([[MARK_FIELD, '1']]), place)

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
    ([property, field]) => [field, `"${encodeText(texts[property as keyof typeof INFO_FIELDS])}"`] as const, // its own keys
  )
  return toLine(`${MEMBER_MEASUREMENT}${placeTags(place)}`, new Map(fields), place)
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

function putHistogram(
  { source, labels, bounds, buckets, sum }: HistogramSample,
  fieldsAt: (tags: string) => Fields,
): void {
  const fields = fieldsOf(source)
  if (fields.kind !== 'histogram') throw new Error(`${source} has no buckets`)
  const tags = labelTags(labels)
  let count = 0
  for (const [i, observed] of buckets.entries()) {
    count += observed
    const bound = boundText(bounds[i] ?? Infinity)
    fieldsAt(`${tags},${BOUND_TAG}=${bound}`).set(fields.bucket, numberText(count))
  }
  fieldsAt(tags).set(fields.sum, numberText(sum)).set(fields.count, numberText(count))
}

const placeTags = ({ clusterId, memberId }: Omit<LinePlace, 'at'>): string =>
  `${tag(CLUSTER_TAG, clusterId)}${tag(MEMBER_TAG, memberId)}`

const labelTags = (labels: Labels): string => LABEL_TAGS.map((name) => tag(name, labels[name] ?? '')).join('')

/** An empty value is written as no tag. */
const tag = (name: string, text: string): string =>
  text === '' ? '' : `,${name}=${encodeText(text.slice(0, MAX_TAG))}`

function toLine(tags: string, fields: Fields, { at }: LinePlace): string {
  const texts: string[] = []
  for (const [name, text] of fields) {
    if (!NAME.test(name)) throw new Error(`${name} is no name of a field`)
    texts.push(`${name}=${text}`)
  }
  return `${tags} ${texts.join(',')} ${at}`
}
