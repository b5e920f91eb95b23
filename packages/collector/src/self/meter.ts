/** A number or several of them under one name, as Prometheus' text format has them. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly samples: readonly FamilySample[]
}

export interface FamilySample {
  /** Follows the name: `_bucket`, `_sum`, `_count`. */
  readonly suffix?: string
  /** Values from closed sets of ours: they are written as they are. */
  readonly labels?: Readonly<Record<string, string>>
  readonly value: number
}

type Described = Pick<Family, 'name' | 'help'>

/** What a label may say; each value is there from the start, with 0. */
interface Label<V extends string> {
  readonly name: string
  readonly values: readonly V[]
}

export interface Counter {
  add(count?: number): void
  family(): Family
}

export function createCounter(described: Described): Counter {
  let total = 0
  return {
    add(count = 1) {
      total += count
    },
    family: () => ({ ...described, type: 'counter', samples: [{ value: total }] }),
  }
}

export interface LabelledCounter<V extends string> {
  add(value: V, count?: number): void
  family(): Family
}

export function createLabelledCounter<V extends string>(
  described: Described,
  label: Label<V>,
): LabelledCounter<V> {
  const totals = new Map(label.values.map((value) => [value, 0]))
  return {
    add(value, count = 1) {
      totals.set(value, (totals.get(value) ?? 0) + count)
    },
    family: () => ({ ...described, type: 'counter', samples: labelled(label.name, totals) }),
  }
}

export const labelled = (name: string, values: ReadonlyMap<string, number>): readonly FamilySample[] =>
  [...values].map(([value, number]) => ({ labels: { [name]: value }, value: number }))

export const withLabel = (family: Family, name: string, value: string): Family => ({
  ...family,
  samples: family.samples.map((sample) => ({ ...sample, labels: { [name]: value, ...sample.labels } })),
})

export interface Histogram {
  observe(seconds: number): void
  family(): Family
}

/** `bounds` ascend, in seconds; what lies above the last one is counted under +Inf. */
export function createHistogram(described: Described, bounds: readonly number[]): Histogram {
  const buckets = Array.from({ length: bounds.length + 1 }, () => 0)
  let sum = 0
  return {
    observe(seconds) {
      const above = bounds.findIndex((bound) => seconds <= bound)
      const i = above < 0 ? bounds.length : above
      buckets[i] = (buckets[i] ?? 0) + 1
      sum += seconds
    },
    family() {
      let count = 0
      const samples: FamilySample[] = buckets.map((more, i) => {
        count += more
        return { suffix: '_bucket', labels: { le: String(bounds[i] ?? '+Inf') }, value: count }
      })
      samples.push({ suffix: '_sum', value: sum }, { suffix: '_count', value: count })
      return { ...described, type: 'histogram', samples }
    },
  }
}

/** Prometheus' text format 0.0.4. */
export const writeFamilies = (families: readonly Family[]): string =>
  families
    .map(({ name, help, type, samples }) => {
      const lines = samples.map(
        ({ suffix = '', labels, value }) => `${name}${suffix}${writeLabels(labels)} ${writeNumber(value)}\n`,
      )
      return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
    })
    .join('')

const writeLabels = (labels: FamilySample['labels']): string => {
  const pairs = Object.entries(labels ?? {}).map(([name, value]) => `${name}="${value}"`)
  return pairs.length > 0 ? `{${pairs.join(',')}}` : ''
}

const writeNumber = (value: number): string =>
  Number.isFinite(value) ? String(value) : Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
