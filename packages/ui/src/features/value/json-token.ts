export interface JsonToken {
  /** A string is a scalar as well as a possible name. */
  readonly kind: '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'scalar'
  /** As it is written. */
  readonly text: string
  /** Where it begins. */
  readonly at: number
}

const SPACE = /[ \t\n\r]+/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these must be escaped in JSON
const STRING_PART = /[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])|true\b|false\b|null\b/y
const MARKS = new Set<string>(['{', '}', '[', ']', ',', ':'])

/** Where there is none: the text is over, or something else stands there. */
export interface NoToken {
  readonly kind?: never
  readonly at: number
  readonly isEnd: boolean
}

/** The token at or after `from`, past white space. */
export function readToken(text: string, from: number): JsonToken | NoToken {
  const at = from + match(SPACE, text, from).length
  const first = text[at] ?? ''
  if (MARKS.has(first)) return { kind: first as JsonToken['kind'], text: first, at } // it is one of the set
  if (first === '"') return readString(text, at)
  const scalar = match(SCALAR, text, at)
  return scalar === '' ? { at, isEnd: first === '' } : { kind: 'scalar', text: scalar, at }
}

function readString(text: string, from: number): JsonToken | NoToken {
  let at = from + 1
  for (let part = match(STRING_PART, text, at); part !== ''; part = match(STRING_PART, text, at))
    at += part.length
  return text[at] === '"'
    ? { kind: 'string', text: text.slice(from, at + 1), at: from }
    : { at, isEnd: false }
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? ''
}
