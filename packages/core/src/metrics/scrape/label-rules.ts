import type { Labels } from '../sample.ts'
import type { LabelName, SourceEntry } from '../sources.ts'

type Read = (labels: ReadonlyMap<string, string>) => string | undefined

/** Values of a label that one source may have at most (metrics.md 1.1). */
const MAX_VALUES = 64
/** What values beyond it become; without an entry the series is dropped. */
const BEYOND: Partial<Record<LabelName, string>> = { method: 'other' }

const VERSIONS: ReadonlySet<string> = new Set(
  '2.0 3.0 3.1 3.2 3.3 3.4 3.5 3.6 3.7 3.8 unknown'.split(' '), // clients choose this text freely
)
const FAILED_CODES: ReadonlySet<string> = new Set(
  'Unknown FailedPrecondition ResourceExhausted Internal Unavailable DataLoss DeadlineExceeded'.split(' '),
)
const QUANTILES: ReadonlySet<string> = new Set(['0', '0.25', '0.5', '0.75', '1'])

/** The kept value from the labels of the page; undefined drops the sample. */
const KEPT: Readonly<Record<LabelName, Read>> = {
  peer: (labels) => toMemberId(labels.get('To') ?? labels.get('From') ?? labels.get('Remote') ?? ''),

  version: (labels) => {
    const text = labels.get('client_api_version') || 'unknown'
    return VERSIONS.has(text) ? text : 'other'
  },

  method: (labels) => {
    const service = labels.get('grpc_service') ?? ''
    const method = labels.get('grpc_method') ?? ''
    const text = service.startsWith('etcdserverpb.') ? method : `${service.split('.').at(-1)}/${method}`
    return /^[A-Za-z][A-Za-z0-9/]{0,63}$/.test(text) ? text : 'other'
  },

  class: (labels) => {
    const code = labels.get('grpc_code') ?? ''
    return code === 'OK' ? 'ok' : FAILED_CODES.has(code) ? 'failed' : 'other'
  },

  quantile: (labels) => {
    const text = labels.get('quantile') ?? ''
    return QUANTILES.has(text) ? text : undefined
  },
}

/** A hexadecimal id as etcd writes it → decimal; `0` for what is none. */
export const toMemberId = (hex: string): string =>
  /^[0-9a-fA-F]{1,16}$/.test(hex) ? BigInt(`0x${hex}`).toString() : '0'

/** The labels that `entry` keeps of one label set of the page; undefined when its samples are dropped. */
export function keptLabels(
  { labels: names = [], where }: SourceEntry,
  labels: ReadonlyMap<string, string>,
): Labels | undefined {
  if (where !== undefined && !matches(where, labels)) return undefined
  const kept: Partial<Record<LabelName, string>> = {}
  for (const name of names) {
    const value = KEPT[name](labels)
    if (value === undefined) return undefined
    kept[name] = value
  }
  return kept
}

/**
 * Keeps at most 64 values of each label over all label sets of one source, the same ones whatever their order: beyond, `method`
 * becomes `other` and a series of another label is dropped (undefined).
 */
export function createValueLimit(all: Iterable<Labels>): (labels: Labels) => Labels | undefined {
  const values = new Map<LabelName, Set<string>>()
  for (const labels of all) {
    for (const [name, value] of entriesOf(labels)) {
      values.set(name, (values.get(name) ?? new Set()).add(value))
    }
  }
  const crowded = [...values].filter(([, set]) => set.size > MAX_VALUES)
  const allowed = new Map(crowded.map(([name, set]) => [name, new Set([...set].sort().slice(0, MAX_VALUES))]))
  if (allowed.size === 0) return (labels) => labels

  return (labels) => {
    const limited: Partial<Record<LabelName, string>> = { ...labels }
    for (const [name, value] of entriesOf(labels)) {
      if (allowed.get(name)?.has(value) ?? true) continue
      const beyond = BEYOND[name]
      if (beyond === undefined) return undefined
      limited[name] = beyond
    }
    return limited
  }
}

// the keys of Labels are LabelName alone
const entriesOf = (labels: Labels) => Object.entries(labels) as [LabelName, string][]

/** A condition such as `grpc_type="unary", grpc_method!="Defragment"`; a label that is missing is empty. */
function matches(where: string, labels: ReadonlyMap<string, string>): boolean {
  return [...where.matchAll(/(\w+)(!?=)"([^"]*)"/g)].every(([, name = '', operator, value]) => {
    const isEqual = (labels.get(name) ?? '') === value
    return operator === '=' ? isEqual : !isEqual
  })
}
