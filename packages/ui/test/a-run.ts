import type { RunAnswer, RunStepAnswer } from '../src/api/answers.ts'

export const RUN = '01JD8Z6QW0ABCDEFGHJKMNPQRS'
const NOW = Math.floor(Date.now() / 1_000)

export const aStep = (changes: Partial<RunStepAnswer> = {}): RunStepAnswer => ({
  name: 'defragment',
  member_id: '8',
  member_name: 'etcd-8',
  state: 'succeeded',
  started_at: NOW - 60,
  finished_at: NOW - 58,
  duration_ms: 2_000,
  message: '',
  ...changes,
})

export const aRun = (changes: Partial<RunAnswer> = {}): RunAnswer => ({
  id: RUN,
  operation: 'defragment',
  cluster_id: '1',
  username: 'admin',
  state: 'succeeded',
  member_ids: ['8'],
  params: { member_ids: ['8'] },
  started_at: NOW - 60,
  updated_at: NOW - 50,
  finished_at: NOW - 50,
  duration_ms: 10_000,
  cancellable: false,
  cancel_requested: false,
  progress: null,
  steps: [aStep()],
  result: null,
  error: null,
  ...changes,
})
