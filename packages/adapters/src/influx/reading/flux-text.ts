import { toFluxValue } from '@influxdata/influxdb-client'
import {
  BOUND_TAG,
  CLUSTER_TAG,
  LABEL_TAGS,
  MEASUREMENT,
  MEMBER_MEASUREMENT,
  MEMBER_TAG,
} from '../influx-schema.ts'

/** Rows of fields of some members of one cluster in `[from, to)`, Unix ms. */
export interface RowsAsk {
  readonly clusterId: string
  readonly memberIds: readonly string[]
  readonly fields: readonly string[]
  readonly from: number
  readonly to: number
}

/** What was written of a cluster, or of all of them, in `[from, to)`. */
export interface MembersRange extends Pick<RowsAsk, 'from' | 'to'> {
  readonly clusterId?: string | undefined
}

/** One value per slot, at the beginning of it. */
export interface WindowsAsk extends RowsAsk {
  /** ms; slots begin at `from` and after every `step`. */
  readonly step: number
  readonly fn: 'count' | 'sum' | 'min' | 'max' | 'last'
}

/** A part of a request whose rows come back under `name`; undefined: it would ask for nothing, which the server refuses. */
export type Pipeline = string | undefined

/** The row that tells an answer from an empty one, which also a proxy may give. */
export const WHOLE = 'whole'

/**
 * Nothing but constants, names of our own fields, decimal ids, whole numbers and instants ever enters a text: labels and names come back as
 * columns and are compared here (storage.md 6.6).
 */
export const joinPipelines = (pipelines: readonly Pipeline[]): string | undefined => {
  const texts = pipelines.filter((one) => one !== undefined)
  return texts.length === 0
    ? undefined
    : `import "array"\narray.from(rows: [{${WHOLE}: 1}]) |> yield(name: "${WHOLE}")\n${texts.join('\n')}`
}

/** Pipelines over one bucket, whose name is the only text of the configuration in them. */
export function openPipelines(bucket: string) {
  const source = `from(bucket: ${toFluxValue(bucket)})`

  const base = ({ clusterId, memberIds, fields, from, to }: RowsAsk): Pipeline =>
    memberIds.length === 0 || fields.length === 0
      ? undefined
      : ranged(from, to, [
          `r._measurement == "${MEASUREMENT}"`,
          `r.${CLUSTER_TAG} == "${checked(clusterId, ID)}"`,
          `r.${MEMBER_TAG} =~ ${anyOf(memberIds, ID)}`,
          `r._field =~ ${anyOf(fields, FIELD)}`,
        ])

  const ranged = (from: number, to: number, conditions: readonly string[]): Pipeline => {
    const [start, stop] = [clamp(from), clamp(to)]
    if (start >= stop) return undefined
    return `${source}\n  |> range(start: ${instant(start)}, stop: ${instant(stop)})\n  |> filter(fn: (r) => ${conditions.join(' and ')})`
  }

  const ofAll = (
    measurement: string,
    { clusterId, from, to }: MembersRange,
    conditions: readonly string[],
  ): Pipeline =>
    ranged(from, to, [
      `r._measurement == "${measurement}"`,
      ...(clusterId === undefined ? [] : [`r.${CLUSTER_TAG} == "${checked(clusterId, ID)}"`]),
      ...conditions,
    ])

  return {
    samples: (name: string, ask: RowsAsk): Pipeline => finish(base(ask), name),
    newest: (name: string, ask: RowsAsk): Pipeline => finish(base(ask), name, '\n  |> last()'),
    windows: (name: string, { step, fn, ...ask }: WindowsAsk): Pipeline => {
      const offset = ((ask.from % step) + step) % step
      const windows = `every: ${whole(step)}ms, offset: ${whole(offset)}ms, fn: ${fn}, createEmpty: false, timeSrc: "_start"`
      return finish(base(ask), name, `\n  |> aggregateWindow(${windows})`)
    },
    /** The oldest or newest row of a field of all members. */
    ofMembers: (name: string, field: string, end: 'first' | 'last', ask: MembersRange): Pipeline =>
      finish(
        ofAll(MEASUREMENT, ask, [`r._field == "${checked(field, FIELD)}"`]),
        name,
        `\n  |> ${end}()`,
        OF_MEMBERS,
      ),
    /** Newest texts of all members. */
    infos: (name: string, ask: MembersRange): Pipeline =>
      finish(ofAll(MEMBER_MEASUREMENT, ask, []), name, '\n  |> last()', OF_MEMBERS),
  }
}

export type Pipelines = ReturnType<typeof openPipelines>

const ID = /^[0-9]{1,20}$/
const FIELD = /^[a-z][a-z0-9_]{0,127}$/
/** What the server can hold, Unix ms; nanoseconds in 64 bits end in 2262. */
const LAST = 9_214_646_400_000

/** Each row repeats them all: what is the same everywhere is left out. */
const COLUMNS = ['_time', '_field', '_value', MEMBER_TAG, ...LABEL_TAGS, BOUND_TAG]
const OF_MEMBERS = ['_time', '_field', '_value', CLUSTER_TAG, MEMBER_TAG]

function finish(pipeline: Pipeline, name: string, step = '', columns = COLUMNS): Pipeline {
  const keep = `  |> keep(columns: [${columns.map((column) => `"${column}"`).join(', ')}])`
  return pipeline && `${pipeline}${step}\n${keep}\n  |> yield(name: "${checked(name, FIELD)}")`
}

const clamp = (at: number): number => Math.min(Math.max(0, Math.ceil(at)), LAST)
const instant = (at: number): string => new Date(at).toISOString()

/** A chain of some 200 `or` is refused, an alternation is not, and costs the same. */
const anyOf = (names: readonly string[], form: RegExp): string =>
  `/^(?:${names.map((name) => checked(name, form)).join('|')})$/`

function checked(text: string, form: RegExp): string {
  if (!form.test(text)) throw new Error(`no part of a query: ${JSON.stringify(text.slice(0, 40))}`)
  return text
}

function whole(number: number): number {
  if (!Number.isSafeInteger(number) || number < 0) throw new Error(`no part of a query: ${number}`)
  return number
}
