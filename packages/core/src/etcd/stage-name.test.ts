import { expect, it } from 'vitest'
import { stageName } from './stage-name.ts'

it.each([
  ['http://a:2379', 'tls', 'http/2'],
  ['https://a:2379', 'tls', 'tls'],
  ['http://a:2379', 'tcp', 'tcp'],
] as const)('calls what fails at %s in the stage %s by %s', (endpoint, stage, name) => {
  expect(stageName({ endpoint, stage })).toBe(name)
})
