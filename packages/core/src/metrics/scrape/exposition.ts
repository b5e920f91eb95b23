import type { ScrapeFailure } from '../../ports/etcd-cluster.ts'
import { leadingName, parseLine, parseValue, type SampleLine } from './exposition-line.ts'
import { type WantedName, wantedName } from './wanted-names.ts'

export interface PageSample {
  readonly labels: ReadonlyMap<string, string>
  /** May be NaN or infinite. */
  readonly value: number
}

/** Lines of one label set (without `le`) of a histogram family, as they stand. */
export interface HistogramLines {
  readonly labels: ReadonlyMap<string, string>
  /** Upper bound → cumulative count, in the order of the page; NaN stands for a bound that is no number. */
  readonly cumulative: ReadonlyMap<number, number>
  readonly sum?: number
  readonly count?: number
}

/** The wanted families of a page by family, each by a canonical text of the label set. */
export interface Page {
  /** Sample lines that were read, wanted or not. */
  readonly lines: number
  /** Samples that repeat an earlier name and label set; the first one stands. */
  readonly doubled: number
  readonly scalars: ReadonlyMap<string, ReadonlyMap<string, PageSample>>
  readonly histograms: ReadonlyMap<string, ReadonlyMap<string, HistogramLines>>
}

const MAX_PIECE_BYTES = 262_144
const MAX_LINE_BYTES = 65_536
const MAX_SAMPLE_LINES = 100_000
const MAX_MALFORMED = 100

/** Steps 7 and 8 of metrics.md 2.3 for the decoded body. Yields after each piece so that the caller can let others run. Never throws. */
export function* readPage(body: Uint8Array): Generator<undefined, Page | ScrapeFailure> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const reader = createLineReader()
  if (body.at(-1) !== 10) return { reason: 'truncated', detail: 'the page does not end with a line feed' }
  for (let from = 0; from < body.length; ) {
    const end = pieceEnd(body, from)
    if (end === undefined)
      return { reason: 'too_large', detail: `a line is longer than ${MAX_LINE_BYTES} bytes` }
    let text: string
    try {
      text = decoder.decode(body.subarray(from, end)) // ends with a line feed: no character is cut
    } catch {
      return { reason: 'parse', detail: 'the page is not valid UTF-8' }
    }
    for (const line of text.slice(0, -1).split('\n')) {
      const failure = reader.read(line.endsWith('\r') ? line.slice(0, -1) : line)
      if (failure) return failure
    }
    from = end
    if (from < body.length) yield
  }
  return reader.page()
}

/** The place after the last line feed of the next piece; undefined when a line in it is too long or has no end. */
function pieceEnd(body: Uint8Array, from: number): number | undefined {
  let end = from
  while (end < body.length) {
    const feed = body.indexOf(10, end)
    if (feed < 0 || feed - end > MAX_LINE_BYTES) return undefined
    if (feed + 1 - from > MAX_PIECE_BYTES) return end
    end = feed + 1
  }
  return end
}

function createLineReader() {
  const scalars = new Map<string, Map<string, PageSample>>()
  const histograms = new Map<string, Map<string, OpenHistogram>>()
  const counts = { lines: 0, malformed: 0, doubled: 0 }

  return {
    page: (): Page => ({ lines: counts.lines, doubled: counts.doubled, scalars, histograms }),

    read(text: string): ScrapeFailure | undefined {
      const line = parseLine(text)
      if (line === undefined) return undefined
      if (line === 'malformed') return judgeMalformed(text)
      counts.lines++
      if (counts.lines > MAX_SAMPLE_LINES)
        return { reason: 'too_large', detail: `more than ${MAX_SAMPLE_LINES} sample lines` }
      const name = wantedName(line.name)
      if (name && !keep(name, line)) counts.doubled++
      return undefined
    },
  }

  function judgeMalformed(text: string): ScrapeFailure | undefined {
    const name = leadingName(text)
    const wanted = name === undefined ? undefined : wantedName(name)
    if (wanted) return { reason: 'parse', detail: `a line of ${wanted.family} is malformed` }
    counts.malformed++
    return counts.malformed > MAX_MALFORMED
      ? { reason: 'parse', detail: `more than ${MAX_MALFORMED} lines are malformed` }
      : undefined
  }

  /** False when the sample repeats an earlier one. */
  function keep(name: WantedName, line: SampleLine): boolean {
    if (name.part === 'value') return addNew(familyOf(scalars, name.family), labelKey(line.labels), line)
    const { le, labels } = name.part === 'bucket' ? splitBound(line.labels) : { le: NaN, labels: line.labels }
    const family = familyOf(histograms, name.family)
    const key = labelKey(labels)
    const lines: OpenHistogram = family.get(key) ?? { labels, cumulative: new Map() }
    family.set(key, lines)
    if (name.part === 'bucket') return addNew(lines.cumulative, le, line.value)
    if (lines[name.part] !== undefined) return false
    lines[name.part] = line.value
    return true
  }
}

interface OpenHistogram {
  readonly labels: ReadonlyMap<string, string>
  readonly cumulative: Map<number, number>
  sum?: number
  count?: number
}

function familyOf<T>(families: Map<string, Map<string, T>>, family: string): Map<string, T> {
  const known = families.get(family) ?? new Map<string, T>()
  families.set(family, known)
  return known
}

function addNew<K, V>(map: Map<K, V>, key: K, value: V): boolean {
  if (map.has(key)) return false
  map.set(key, value)
  return true
}

function splitBound(all: ReadonlyMap<string, string>): {
  readonly le: number
  readonly labels: ReadonlyMap<string, string>
} {
  const labels = new Map(all)
  labels.delete('le')
  return { le: parseValue(all.get('le') ?? '') ?? NaN, labels }
}

/** Equal for equal label sets, whatever their order on the line. */
function labelKey(labels: ReadonlyMap<string, string>): string {
  if (labels.size === 0) return ''
  return JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)))
}
