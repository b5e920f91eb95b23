import { type JsonToken, readToken } from './json-token.ts'

export interface JsonFault {
  /** Both from 1; a column is a UTF-16 unit, as in editors. */
  readonly line: number
  readonly column: number
  /** What stands there instead of what could; `''`: the text ends there. */
  readonly found: string
}

/** Deeper levels are moved no further in: a text of 2 MiB may have a line for every other character of it. */
const MAX_INDENTED = 32
const INDENT = '  '

/** An open object or array, and what may come next in it. */
interface Level {
  readonly close: '}' | ']'
  next: 'first' | 'name' | 'colon' | 'value' | 'after'
}

/**
 * Indents JSON token by token: numbers, the order of names, duplicates and escapes stay as they are written. Reading and printing
 * it anew would turn 12345678901234567890 and 1.0 into other numbers.
 */
export function formatJson(text: string): { readonly text: string } | { readonly fault: JsonFault } {
  const out: string[] = []
  const levels: Level[] = []
  for (let from = 0; ; ) {
    const token = readToken(text, from)
    const isOver = out.length > 0 && levels.length === 0
    if (isOver && !token.kind && token.isEnd) return { text: out.join('') }
    if (!token.kind || isOver || !takes(token, levels, out)) return { fault: faultAt(text, token.at) }
    from = token.at + token.text.length
  }
}

/** Writes the token where it may stand. */
function takes(token: JsonToken, levels: Level[], out: string[]): boolean {
  const level = levels.at(-1)
  switch (token.kind) {
    case '}':
    case ']':
      return level !== undefined && closes(token, level, levels, out)
    case ',':
      if (level?.next !== 'after') return false
      level.next = level.close === '}' ? 'name' : 'value'
      out.push(',')
      return true
    case ':':
      if (level?.next !== 'colon') return false
      level.next = 'value'
      out.push(': ')
      return true
    case 'string':
      return (level?.close === '}' && takesName(token, level, levels, out)) || takesValue(token, levels, out)
    case '{':
    case '[':
    case 'scalar':
      return takesValue(token, levels, out)
  }
}

function closes({ kind }: JsonToken, { close, next }: Level, levels: Level[], out: string[]): boolean {
  if (kind !== close || (next !== 'first' && next !== 'after')) return false
  levels.pop()
  if (next === 'after') out.push('\n', indentOf(levels))
  out.push(kind)
  return true
}

function takesName({ text }: JsonToken, level: Level, levels: Level[], out: string[]): boolean {
  if (level.next !== 'first' && level.next !== 'name') return false
  out.push('\n', indentOf(levels), text)
  level.next = 'colon'
  return true
}

function takesValue({ kind, text }: JsonToken, levels: Level[], out: string[]): boolean {
  const level = levels.at(-1)
  const isItem = level?.close === ']' && (level.next === 'first' || level.next === 'value')
  if (level && !isItem && !(level.close === '}' && level.next === 'value')) return false
  if (isItem) out.push('\n', indentOf(levels))
  if (level) level.next = 'after'
  out.push(text)
  if (kind !== '{' && kind !== '[') return true
  levels.push({ close: kind === '{' ? '}' : ']', next: 'first' })
  return true
}

const indentOf = ({ length }: readonly Level[]): string => INDENT.repeat(Math.min(length, MAX_INDENTED))

function faultAt(text: string, at: number): JsonFault {
  const before = text.slice(0, at)
  const start = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1
  const code = text.codePointAt(at)
  return {
    line: (before.match(/\r\n|\r|\n/g)?.length ?? 0) + 1,
    column: at - start + 1,
    found: code === undefined ? '' : String.fromCodePoint(code),
  }
}
