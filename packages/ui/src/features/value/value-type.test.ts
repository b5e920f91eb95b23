import { expect, it } from 'vitest'
import { guessType } from './value-type.ts'

it.each([
  ['/cfg/app.yaml', '{"a": 1}', 'yaml'],
  ['/cfg/app.conf', 'a = 1', 'ini'],
  ['/cfg/app', '{"a": 1}', 'json'],
  ['/cfg/app', '\n [1, 2]', 'json'],
  ['/cfg/app', '12345678901234567890', 'json'],
  ['/cfg/app', 'true', 'json'],
  ['/cfg/app', '<?xml version="1.0"?>', 'xml'],
  ['/cfg/app', 'kind: Pod\nname: a', 'yaml'],
  ['/cfg/app', '# note\n---\na: 1', 'yaml'],
  ['/cfg/app', '[server]\nport = 1', 'toml'],
  ['/cfg/app', '[server]\nhost = example', 'ini'],
  ['/cfg/app', 'host=example', 'ini'],
  ['/cfg/app', 'local a = 1', 'lua'],
  ['/cfg/app', 'const a = 1', 'javascript'],
  ['/cfg/app', 'a text of words', 'text'],
  ['/cfg/app', '', 'text'],
  ['/cfg/__proto__.constructor', 'x', 'text'],
] as const)('%s with %j is %s', (key, text, type) => {
  expect(guessType(key, text)).toBe(type)
})

it('looks at a bounded part of a value, in bounded time', () => {
  expect(guessType('k', `${' '.repeat(5_000)}{}`)).toBe('text')
  expect(guessType('k', '#\n'.repeat(2_048))).toBe('text')
  expect(guessType('k', '\n'.repeat(5_000))).toBe('text')
  expect(guessType('k', `# note${'\n'.repeat(100)}two words`)).toBe('text')
  expect(guessType('k', `[section]${'\r\n'.repeat(100)}two words`)).toBe('ini')
})
