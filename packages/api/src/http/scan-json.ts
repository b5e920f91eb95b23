import { AppError } from '@etcdmonitor/core/errors'

const MAX_DEPTH = 32

type Reason = 'syntax' | 'too_deep' | 'duplicate_member' | 'forbidden_member' | 'trailing_data' | 'empty'

const MESSAGES: Readonly<Record<Reason, string>> = {
  syntax: 'the body is no JSON',
  too_deep: `the body is nested deeper than ${MAX_DEPTH}`,
  duplicate_member: 'the body names a member twice',
  forbidden_member: 'the body has a member named __proto__',
  trailing_data: 'the body goes on after its JSON value',
  empty: 'the body is empty',
}

interface Level {
  /** Member names so far; absent for an array. */
  readonly names?: Set<string>
  isNameNext: boolean
}

/**
 * Parses a body, but refuses what JSON.parse lets pass: deep nesting (before it costs anything), members that are named twice,
 * members named `__proto__`. Never recurses.
 * @throws AppError `malformed_json` with its reason
 */
export function scanJson(text: string): unknown {
  if (text === '') throw malformed('empty')
  const end = walk(text)
  const value = parse(text.slice(0, end))
  if (/[^ \t\r\n]/.test(text.slice(end))) throw malformed('trailing_data')
  return value
}

/** Index after the first value when that is an object or an array, else the length. */
function walk(text: string): number {
  const levels: Level[] = []
  for (let at = 0; at < text.length; at += 1) {
    const level = levels.at(-1)
    const character = text[at] ?? ''
    switch (character) {
      case '{':
      case '[':
        if (levels.length === MAX_DEPTH) throw malformed('too_deep')
        levels.push(character === '{' ? { names: new Set(), isNameNext: true } : { isNameNext: false })
        break
      case '}':
      case ']':
        levels.pop()
        if (levels.length === 0) return at + 1
        break
      case ',':
        if (level?.names) level.isNameNext = true
        break
      case '"': {
        const end = endOfString(text, at)
        if (level?.names && level.isNameNext) addName(level.names, text.slice(at, end))
        if (level) level.isNameNext = false
        at = end - 1
        break
      }
      default: // blanks, colons and what JSON.parse judges
    }
  }
  return text.length
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  throw malformed('syntax')
}

function addName(names: Set<string>, literal: string): void {
  const name = String(parse(literal)) // escapes make other spellings of one name
  if (name === '__proto__') throw malformed('forbidden_member')
  if (names.has(name)) throw malformed('duplicate_member')
  names.add(name)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw malformed('syntax') // without the cause: its message quotes the body
  }
}

const malformed = (reason: Reason): AppError =>
  new AppError('malformed_json', MESSAGES[reason], { details: { reason } })
