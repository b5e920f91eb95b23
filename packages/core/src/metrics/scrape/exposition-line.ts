/** One sample line of a metrics page. */
export interface SampleLine {
  readonly name: string
  /** In the order of the line; names are distinct. */
  readonly labels: ReadonlyMap<string, string>
  /** May be NaN or infinite. */
  readonly value: number
}

const MAX_LABELS = 64
const MAX_LABEL_VALUE_BYTES = 4_096

// Sticky and without nested repetition: each reads on from where the last one ended, in linear time.
const HEAD = /[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(\{[ \t]*)?/y
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"((?:[^"\\]|\\[\\"n])*)"[ \t]*([,}])[ \t]*/y
const REST =
  /[ \t]*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|nan|[+-]?inf(?:inity)?)(?:[ \t]+[+-]?\d+(?:\.\d+)?)?(?: # .*|[ \t]*)$/isy
const NAME = /^[ \t]*([a-zA-Z_:][a-zA-Z0-9_:]*)/
const NO_SAMPLE = /^[ \t]*(?:#|$)/

/** A line without its line feed, by the grammar of metrics.md 2.5; undefined when it is blank or a comment. Never throws. */
export function parseLine(line: string): SampleLine | undefined | 'malformed' {
  if (NO_SAMPLE.test(line)) return undefined
  HEAD.lastIndex = 0
  const head = HEAD.exec(line)
  if (!head?.[1]) return 'malformed'
  let at = HEAD.lastIndex
  const labels = new Map<string, string>()
  if (head[2] !== undefined) {
    const end = parseLabels(line, at, labels)
    if (end === undefined) return 'malformed'
    at = end
  }
  REST.lastIndex = at
  const text = REST.exec(line)?.[1]
  return text === undefined ? 'malformed' : { name: head[1], labels, value: toNumber(text) }
}

/** The name that a malformed line begins with; undefined when it begins with none. */
export const leadingName = (line: string): string | undefined => NAME.exec(line)?.[1]

/** A text by the grammar of a value; undefined when it is none. */
export function parseValue(text: string): number | undefined {
  REST.lastIndex = 0
  return REST.exec(text)?.[1] === text ? toNumber(text) : undefined
}

/** Fills `labels` from the text after the brace and gives the place after the closing one. */
function parseLabels(line: string, from: number, labels: Map<string, string>): number | undefined {
  if (line[from] === '}') return from + 1
  LABEL.lastIndex = from
  for (let match = LABEL.exec(line); match; match = LABEL.exec(line)) {
    const [, name = '', value = '', next] = match
    if (labels.has(name) || labels.size === MAX_LABELS) return undefined
    const text = value.includes('\\') ? value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c)) : value
    if (isTooLong(text)) return undefined
    labels.set(name, text)
    if (next === '}') return LABEL.lastIndex
    if (line[LABEL.lastIndex] === '}') return LABEL.lastIndex + 1
  }
  return undefined
}

// UTF-8 takes at most 3 bytes a UTF-16 unit: most values need no counting
const isTooLong = (text: string): boolean =>
  text.length * 3 > MAX_LABEL_VALUE_BYTES && new TextEncoder().encode(text).length > MAX_LABEL_VALUE_BYTES

function toNumber(text: string): number {
  const word = text.toLowerCase()
  if (word.includes('inf')) return word.startsWith('-') ? -Infinity : Infinity
  return Number(text) // `nan` in any case gives NaN
}
