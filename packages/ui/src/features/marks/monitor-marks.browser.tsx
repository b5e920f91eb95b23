import { afterEach, beforeEach, expect, it } from 'vitest'
import { beginMonitor, drawn, NOW, openMonitor, panel } from '../../../test/a-monitor.tsx'
import { aRun, RUN } from '../../../test/a-run.ts'
import { findViolations } from '../../../test/a11y.ts'
import { answerRange } from '../../../test/range-answer.ts'
import type { Asked } from '../../../test/render-page.tsx'
import { endSession } from '../../api/session.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

const auth = (isEnabled: boolean) => ({
  'auth/status': () => ({
    authenticated: true,
    ops_enabled: isEnabled,
    initial_setup_pending: false,
    password_policy: { min_length: 8, max_bytes: 1_024 },
  }),
})
const restartedAt = Math.floor(NOW / 10) * 10 - 1_200
const range = (asked: Asked) =>
  answerRange(asked, NOW, (member, metric, at) =>
    metric === 'process_restarts' ? (member === '8' && at === restartedAt ? 1 : 0) : 1,
  )

it('marks operations of the window on every chart, with who, how it ended, and a link to the run', async () => {
  const view = openMonitor('/monitor', {
    ...auth(true),
    'ops/runs': ({ query }) => ({
      runs: query.has('state') ? [] : [aRun({ started_at: NOW - 600, username: 'eve', state: 'failed' })],
      cursor: null,
    }),
  })
  await drawn(view)
  const link = panel('Raft Proposals').getByRole('link', { name: /Defragment, failed, by eve/ })
  await expect.element(link).toHaveAttribute('href', `/operations?task=runs&run=${RUN}`)
  const asked = view.asked.find(({ path, query }) => path === 'ops/runs' && !query.has('state'))
  const [from, to] = [Number(asked?.query.get('from')), Number(asked?.query.get('to'))]
  expect(Math.round((to - from) / 60)).toBe(60)
  expect(await findViolations()).toEqual([])
  await link.hover()
  const opacity = () => {
    const text = link.element().querySelector('.chart-mark-text')
    return text && getComputedStyle(text).opacity
  }
  await expect.poll(opacity).toBe('1')
})

it('marks the restart of a member that is drawn, and not on the charts of another one', async () => {
  const view = openMonitor('/monitor', {
    ...auth(true),
    range,
    'ops/runs': () => ({ runs: [], cursor: null }),
  })
  await drawn(view)
  const mark = panel('Raft Proposals').getByText('etcd-8 restarted')
  await expect.element(mark).toBeInTheDocument()
  view.unmount()
  const other = openMonitor('/monitor?member=7', { range })
  await drawn(other)
  expect(panel('Raft Proposals').getByText('etcd-8 restarted').elements()).toEqual([])
})

it('asks for no operations where they are switched off', async () => {
  const view = openMonitor('/monitor', { ...auth(false), range })
  await drawn(view)
  await expect.element(panel('Raft Proposals').getByText('etcd-8 restarted')).toBeInTheDocument()
  expect(view.asked.filter(({ path }) => path === 'ops/runs')).toEqual([])
})
