import type { RunStepAnswer } from '../../api/answers.ts'
import { RUN_OPERATIONS, RUN_STATES } from '../../i18n/en-runs.ts'
import type { Task } from '../../url/operations-url.ts'
import { runTexts } from './run/run-texts.ts'
import { taskTexts } from './tasks/task-texts.ts'

const TASKS: Readonly<Record<Task, string>> = {
  overview: 'Overview',
  audit: 'Audit log',
  runs: 'Runs',
  defragment: 'Defragment',
  snapshot: 'Snapshot',
  alarms: 'Alarms',
  'move-leader': 'Move leader',
  hashkv: 'HashKV',
  compact: 'Compact',
}

const STEPS: Readonly<Record<RunStepAnswer['name'], string>> = {
  preflight: 'checks',
  gate: 'health gate',
  defragment: 'defragment',
  settle: 'pause',
  move_leader: 'move leader',
  stream: 'send the database',
  compact: 'compact',
  disarm: 'disarm',
  hash: 'hash',
  verify: 'look at the result',
}

const STEP_STATES: Readonly<Record<RunStepAnswer['state'], string>> = {
  not_started: 'not started',
  running: 'running',
  succeeded: 'done',
  skipped: 'skipped',
  failed: 'failed',
  unknown: 'outcome unknown',
}

/** What the operation pages say: not in the catalogue of texts, which is in the first load. */
export const texts = {
  tasks: TASKS,
  operations: RUN_OPERATIONS,
  states: RUN_STATES,
  steps: STEPS,
  stepStates: STEP_STATES,
  taskList: 'Operations',
  disabled: 'Operations are switched off on the server (ops.ops_enable: false).',
  disabledAdvice: 'The audit log can be exported on its host:',
  /** A length of time with what is known of its beginning. */
  lasting: (age: string, bound: 'exact' | 'least' | 'most'): string =>
    `${{ exact: '', least: 'more than ', most: 'less than ' }[bound]}${age}`,
  open: 'Open',
  cancel: 'Cancel',
  close: 'Close',
  runs: {
    title: 'Runs',
    none: 'No operation was run yet.',
    noneFound: 'No run matches.',
    running: 'No operation is running.',
    columns: {
      started: 'Started',
      operation: 'Operation',
      state: 'State',
      members: 'Members',
      user: 'User',
      duration: 'Duration',
    },
    allOperations: 'Operation: all',
    allStates: 'State: all',
    operation: 'Operation',
    state: 'State',
    older: 'Older',
    newest: 'Newest',
    openRun: (operation: string, time: string) => `${operation} of ${time}`,
    wholeCluster: 'cluster',
  },
  plan: {
    title: 'Plan',
    blockers: 'This stands in the way',
    warnings: 'To know before',
    steps: 'What will happen',
    nothing: 'Nothing would be done: the plan says why.',
    loading: 'Asking for the plan …',
    changed: 'The cluster changed since the plan was made. This is the new plan: look at it again.',
    cure: {
      diagnostics: 'Open Diagnostics',
      alarms: 'Open Alarms',
      run: 'Open the run',
      next: (step: string) => `Next step: ${step}`,
      hashkv: 'Open HashKV',
    },
    blocked: 'Something stands in the way: see the list.',
    skipped: 'skipped',
    inProgress: (operation: string, user: string, time: string) =>
      `${operation} is running, started by ${user} at ${time}.`,
    understand: 'I understand that',
    stoppable: 'It can be stopped between two members.',
    notStoppable: 'It cannot be stopped once it is sent.',
  },
  ...runTexts,
  ...taskTexts,
} as const
