import { expect, it } from 'vitest'
import { compactTarget } from './plan-compact.ts'

it.each([
  ['4711', 1_000, '3700', { kind: 'compact', target: '3711' }],
  ['4711', 1_011, '3700', { kind: 'compacted', compactRevision: '3700' }],
  ['4711', 1_010, '3700', { kind: 'compact', target: '3701' }],
  ['4711', 4_710, '0', { kind: 'compact', target: '1' }],
  ['4711', 4_711, '0', { kind: 'nothing' }],
  ['4711', 4_712, undefined, { kind: 'nothing' }],
  ['9007199254740993', 1, undefined, { kind: 'compact', target: '9007199254740992' }],
])('of head %s with %d kept and %s compacted it is %j', (head, retain, compacted, target) => {
  expect(compactTarget(head, retain, compacted)).toEqual(target)
})
