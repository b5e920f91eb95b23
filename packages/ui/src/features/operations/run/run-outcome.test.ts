import { expect, it } from 'vitest'
import { aRun, aStep } from '../../../../test/a-run.ts'
import type { RunAnswer } from '../../../api/answers.ts'
import { runOutcome } from './run-outcome.ts'

it.each<[string, NonNullable<RunAnswer['result']>, string]>([
  [
    'a rolling defragmentation',
    { reclaimed_bytes: 1_503_238_554, members: [{ state: 'succeeded' }, { state: 'skipped' }] },
    '1 member, 1.4 GiB returned',
  ],
  ['one of one member', { reclaimed_bytes: 1_048_576 }, '1 MiB returned'],
  ['one after which the file is larger', { reclaimed_bytes: -1_048_576 }, 'grew by 1 MiB'],
])('tells what %s returned', (_, result, text) => {
  expect(runOutcome(aRun({ result }))).toBe(text)
})

it('tells whose snapshot it was, and that it is whole', () => {
  const result = { bytes: 3_441_332_256, sha256: 'ab'.repeat(32) }
  const steps = [aStep({ name: 'stream', member_name: 'etcd-2' })]
  expect(runOutcome(aRun({ operation: 'snapshot', result, steps }))).toBe('etcd-2, 3.2 GiB, verified')
})

it('tells the verdict on the content', () => {
  const result = { verdict: 'inconclusive', revision: 4_700 }
  expect(runOutcome(aRun({ operation: 'hashkv', result }))).toBe('inconclusive at revision 4,700')
})

it('leaves to its state what did not succeed', () => {
  expect(runOutcome(aRun({ state: 'failed', result: { reclaimed_bytes: 1 } }))).toBe('')
  expect(runOutcome(aRun({ operation: 'move_leader', result: {} }))).toBe('')
})
