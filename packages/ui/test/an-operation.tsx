import '../src/styles/tokens.css'
import '../src/styles/base.css'
import type { PlanAnswer } from '../src/api/answers.ts'
import { OperationsPage } from '../src/features/operations/OperationsPage.tsx'
import { SessionLayout } from '../src/features/shell/SessionLayout.tsx'
import { current, status } from './a-monitor.tsx'
import { aMember } from './answers.ts'
import { type Answer, type RenderedPage, renderPage } from './render-page.tsx'

const MIB = 1_048_576

export const MEMBERS = [
  aMember('7', { is_leader: true, db_size: 300 * MIB, db_size_in_use: 40 * MIB, raft_index: '900' }),
  aMember('8', { db_size: 300 * MIB, db_size_in_use: 50 * MIB, raft_index: '899' }),
  aMember('9', { db_size: 300 * MIB, db_size_in_use: 60 * MIB, raft_index: '900' }),
]

export const aPlan = (changes: Partial<PlanAnswer> = {}): PlanAnswer => ({
  dry_run: true,
  allowed: true,
  blockers: [],
  warnings: [],
  steps: [],
  plan_token: 'token-1',
  ...changes,
})

const Page = () => (
  <SessionLayout>
    <OperationsPage />
  </SessionLayout>
)

export const openOperations = (
  start = '/operations',
  answers: Readonly<Record<string, Answer>> = {},
  isEnabled = true,
): RenderedPage =>
  renderPage(Page, start, {
    status: () => status({ members: MEMBERS }),
    current: () => current(),
    'auth/status': () => ({
      authenticated: true,
      ops_enabled: isEnabled,
      initial_setup_pending: false,
      password_policy: { min_length: 8, max_bytes: 1_024 },
    }),
    'ops/runs': () => ({ runs: [], cursor: null }),
    'ops/audit-logs': () => ({ entries: [], total: 0, page: 1, page_size: 50, next_cursor: null }),
    'ops/alarms': () => ({ alarms: [] }),
    ...answers,
  })

/** Requests of one kind, in their order. */
export const askedFor = ({ asked }: RenderedPage, method: string, path: string) =>
  asked.filter((one) => one.method === method && one.path === path)
