import { expect, it } from 'vitest'
import { fileName } from './file-name.ts'

it.each([
  ['/registry/pods/web-1', 'web-1'],
  ['/cfg/app.json', 'app.json'],
  ['/a/', 'a'],
  ['/', 'value'],
  ['/..', 'value'],
  ['/a\\b:c\u202e\0', 'a_b_c_'],
  ['/<script>', '_script_'],
] as const)('the value of %j is saved as %s', (key, name) => {
  expect(fileName(key)).toBe(name)
})
