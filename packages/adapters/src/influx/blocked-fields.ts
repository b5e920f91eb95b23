import { splitFields } from './line-protocol.ts'

/** ms for which a field that was refused is left out: its type in the bucket is another one. */
const BLOCKED_FOR = 3_600_000

/** Fields that the bucket does not take, for which each line would cost a search of its own. */
export interface BlockedFields {
  /** What of refused lines is at fault by its field, since other fields of the same point were taken, stays away for an hour. @returns those that are new */
  note(bad: readonly string[], sent: readonly string[]): readonly string[]
  /** Their hour is over: from the tick `at` (Unix ms) on they are sent again. True: there are such. */
  release(at: number): boolean
  /** The lines of a tick without them, and how many values that leaves out. */
  strip(lines: readonly string[], at: number): { readonly lines: readonly string[]; readonly left: number }
}

interface Block {
  /** Monotonic. */
  readonly until: number
  /** The first tick that has the field again: those that wait from before have no mark for it. */
  readonly from: number
}

export function createBlockedFields(monotonic: () => number): BlockedFields {
  const blocks = new Map<string, Block>()

  return {
    note(bad, sent) {
      const fields = faultyFields(bad, sent)
      const fresh = fields.filter((field) => blocks.get(field)?.from !== Infinity)
      for (const field of fields) blocks.set(field, { until: monotonic() + BLOCKED_FOR, from: Infinity })
      return fresh
    },
    release(at) {
      const due = [...blocks].filter(([, { until, from }]) => from === Infinity && until <= monotonic())
      for (const [field, { until }] of due) blocks.set(field, { until, from: at })
      return due.length > 0
    },
    strip(lines, at) {
      const away = new Set([...blocks].flatMap(([field, { from }]) => (at < from ? [field] : [])))
      if (away.size === 0) return { lines, left: 0 }
      let left = 0
      const kept = lines.flatMap((line) => {
        const fields = splitFields(line)
        const good = fields.filter((one) => !away.has(fieldOf(one)))
        left += fields.length - good.length
        return good.length === fields.length ? [line] : good
      })
      return { lines: kept, left }
    },
  }
}

/** Those of lines of one field, where the point had others that were taken. */
function faultyFields(bad: readonly string[], sent: readonly string[]): readonly string[] {
  const points = new Map(sent.map((line) => [pointOf(line), splitFields(line).length]))
  const fields = new Set<string>()
  for (const [point, lines] of Map.groupBy(bad, pointOf))
    if (lines.length < (points.get(point) ?? 0))
      for (const line of lines) if (splitFields(line).length === 1) fields.add(fieldOf(line))
  return [...fields]
}

/** A line without its fields. */
function pointOf(line: string): string {
  const [tags, , at] = line.split(' ')
  return `${tags} ${at}`
}

/** The measurement and the field of a line that has one. */
function fieldOf(line: string): string {
  const [tags = '', field = ''] = line.split(' ')
  return `${tags.slice(0, tags.indexOf(','))} ${field.slice(0, field.indexOf('='))}`
}
