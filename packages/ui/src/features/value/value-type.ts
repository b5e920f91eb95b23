import type { Language } from '../editor/load-language.ts'

export type ValueType = Language | 'text'

export const VALUE_TYPES: readonly ValueType[] = [
  'json',
  'yaml',
  'toml',
  'xml',
  'ini',
  'javascript',
  'lua',
  'text',
]

/** As what it is coloured; undefined: not at all. */
export const languageOf = (type: ValueType): Language | undefined => (type === 'text' ? undefined : type)

/** Characters of a value that its type is guessed from. */
const LOOKED_AT = 4_096

const EXTENSIONS = new Map<string, ValueType>([
  ['json', 'json'],
  ['yaml', 'yaml'],
  ['yml', 'yaml'],
  ['toml', 'toml'],
  ['xml', 'xml'],
  ['html', 'xml'],
  ['svg', 'xml'],
  ['ini', 'ini'],
  ['cfg', 'ini'],
  ['conf', 'ini'],
  ['properties', 'ini'],
  ['env', 'ini'],
  ['js', 'javascript'],
  ['mjs', 'javascript'],
  ['ts', 'javascript'],
  ['lua', 'lua'],
  ['txt', 'text'],
])

/** The first that fits. A blank line is read in one way alone: in two, many of them would take for ever. */
const SIGNS: readonly (readonly [ValueType, RegExp])[] = [
  [
    'toml',
    /^\s*\[\[?[\w."-]+\]\]?[^\S\n]*\n([^\S\n]*(#.*)?\n)*[^\S\n]*[\w"-]+ *= *(["'[{]|-?\d|true\b|false\b)/,
  ],
  ['ini', /^\s*\[[^\]"{}[,]+\]\s*\n/],
  ['json', /^\s*(?:[[{]|(?:"[^"\n]*"|-?\d+(?:\.\d+)?|true|false|null)\s*$)/],
  ['xml', /^\ufeff?\s*<[?!\w]/],
  ['yaml', /^(?:#.*\n|[^\S\n]*\n)*(?:---(?:\s|$)|[\w."'/-]+:(?: |\n|$)|- )/],
  ['lua', /^\s*(?:--|local\s+\w|function\s+[\w.:]+\(|return\s)/],
  ['javascript', /^\s*(?:\/[/*]|(?:const|let|var)\s+\w|import\s|export\s|function\b|'use strict')/],
  ['ini', /^(?:[#;].*\n|[^\S\n]*\n)*[\w.-]+\s*=/],
]

/** By the extension of the key, else by how the value begins. A guess: it changes nothing but the colours. */
export function guessType(key: string, text: string): ValueType {
  const extension = /\.([a-z]+)$/i.exec(key)?.[1]?.toLowerCase()
  const named = extension && EXTENSIONS.get(extension)
  if (named) return named
  const start = text.slice(0, LOOKED_AT)
  return SIGNS.find(([, sign]) => sign.test(start))?.[0] ?? 'text'
}
