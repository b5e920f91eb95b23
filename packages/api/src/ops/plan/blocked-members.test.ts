import type { Run, Step } from '@etcdmonitor/core/ports/run-store'
import { expect, it } from 'vitest'
import { readBlocked } from './blocked-members.ts'

const NOW = 1_790_000_000_000

const aRun = (step: Partial<Step>, over: Partial<Run> = {}): Run => ({
  ...{ id: 'R1', operation: 'defragment', clusterId: '9', accountId: 'A', username: 'admin', params: {} },
  ...{ state: 'running', cancelRequested: false, startedAt: NOW, updatedAt: NOW },
  steps: [
    { name: 'defragment', memberId: '10', memberName: 'alpha', state: 'running', message: '', ...step },
  ],
  ...over,
})

it.each([
  ['runs', aRun({}), true],
  ['is of a process that is gone, and not settled yet', aRun({}, { state: 'interrupted' }), true],
  ['was left so by a run that has ended', aRun({}, { state: 'failed', finishedAt: NOW - 60_000 }), false],
  ['ended 29 s ago', aRun({ state: 'succeeded', finishedAt: NOW - 29_000 }), true],
  ['ended 30 s ago', aRun({ state: 'succeeded', finishedAt: NOW - 30_000 }), false],
  ['was not begun', aRun({ state: 'not_started' }), false],
  ['is of another cluster', aRun({}, { clusterId: '8' }), false],
])('a member whose step %s: blocked %s', async (_, run, isBlocked) => {
  const state = { runs: { list: async () => [run] }, now: async () => NOW }
  const blocked = await readBlocked(state as unknown as Parameters<typeof readBlocked>[0], '9')
  expect(blocked.has('10')).toBe(isBlocked)
})
