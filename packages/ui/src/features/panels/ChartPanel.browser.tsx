import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { beginMonitor, drawn, NOW, openMonitor, panel, ranges } from '../../../test/a-monitor.tsx'
import { answerRange } from '../../../test/range-answer.ts'
import { refusal } from '../../../test/render-page.tsx'
import { endSession } from '../../api/session.ts'
import { changePrefs } from '../../prefs.ts'

beforeEach(beginMonitor)
afterEach(() => endSession('out'))

describe('a legend', () => {
  it('shows the numbers of the window, hides a line and shows it alone', async () => {
    const view = openMonitor('/monitor', {
      range: (asked) => answerRange(asked, NOW, (member) => Number(member)),
    })
    await drawn(view)
    const legend = panel('Raft Proposals').getByRole('table')
    const row = legend.getByRole('row', { name: /etcd-8/ })
    await expect.element(row).toMatchTextContent(/8\/s8\/s8\/s8\/s/)
    const button = legend.getByRole('button', { name: 'etcd-8' })
    await button.click()
    await expect.element(button).toHaveAttribute('aria-pressed', 'false')
    button.element().dispatchEvent(new MouseEvent('click', { bubbles: true, ctrlKey: true }))
    await expect.element(button).toHaveAttribute('aria-pressed', 'true')
    await expect
      .element(legend.getByRole('button', { name: 'etcd-9' }))
      .toHaveAttribute('aria-pressed', 'false')
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expect.poll(() => ranges(view)).toHaveLength(2)
    await expect
      .element(legend.getByRole('button', { name: 'etcd-9' }))
      .toHaveAttribute('aria-pressed', 'false')
  })
})

it('says of a long window that extremes of computed values are those of its parts', async () => {
  const view = openMonitor('/monitor?range=90d', {
    range: (asked) => {
      asked.query.set('range', '1h') // as many slots as 90 days have at their step
      return { ...answerRange(asked, NOW), resolution: 1_800 }
    },
  })
  await drawn(view)
  await expect
    .element(panel('Raft Proposals'))
    .toMatchTextContent(
      /Computed values: now, min and max are those of parts of 30 min, not of single scrapes\./,
    )
  await expect.element(panel('Database Size')).not.toMatchTextContent(/Computed values/)
})

describe('a failure', () => {
  it('says why and offers another try', async () => {
    let fails = true
    const view = openMonitor('/monitor', {
      range: (asked) =>
        fails ? refusal(400, 'too_many_points', { detail: '200 fit' }) : answerRange(asked, NOW),
    })
    const raft = panel('Raft Proposals')
    await expect
      .element(raft)
      .toMatchTextContent(/Too many points for this window\..*200 fit.*too_many_points/)
    fails = false
    await raft.getByRole('button', { name: 'Try again' }).click()
    await expect.element(raft.getByRole('button', { name: 'Try again' })).not.toBeInTheDocument()
    expect(ranges(view).length).toBeGreaterThan(1)
  })

  it('of a refresh keeps the picture and marks it', async () => {
    let fails = false
    const view = openMonitor('/monitor', {
      range: (asked) => (fails ? refusal(500, 'internal') : answerRange(asked, NOW)),
    })
    await drawn(view)
    fails = true
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await expect
      .element(panel('Raft Proposals'))
      .toMatchTextContent(/Not updated since .*: A fault in etcdmonitor/)
    await expect
      .element(panel('Raft Proposals').getByRole('row', { name: /etcd-7/ }))
      .toMatchTextContent(/1\/s/)
  })
})

describe('what the API does not know', () => {
  it('is said in its panel, and breaks no other', async () => {
    const view = openMonitor('/monitor', {
      range: (asked) => {
        const names = (asked.query.get('metrics') ?? '').split(',')
        asked.query.set('metrics', names.filter((name) => !name.includes('leader_changes')).join(','))
        return {
          ...answerRange(asked, NOW),
          unknown_metrics: ['etcd_server_leader_changes_seen_total_increase'],
        }
      },
    })
    await drawn(view)
    await expect
      .element(panel('Leader Changes'))
      .toMatchTextContent(/The API of this console does not serve this metric/)
  })

  it('is said where etcd exports it only when told to', async () => {
    changePrefs({
      monitor: { range: '1h', extended: ['grpc'], folded: ['raft', 'disk', 'storage', 'network', 'runtime'] },
    })
    openMonitor('/monitor', {
      range: (asked) => answerRange(asked, NOW, (_, metric) => (metric === 'collector_up' ? 1 : null)),
    })
    await expect.element(panel('gRPC Unary Latency')).toBeInTheDocument()
    panel('gRPC Unary Latency').element().scrollIntoView()
    await expect
      .element(panel('gRPC Unary Latency'))
      .toMatchTextContent(/etcd exports this only with --metrics extensive/)
    await expect.element(panel('Open Streams')).toMatchTextContent(/etcd 3.4.30 does not export this metric/)
  })
})

it('shows series by label of one member, chosen in the head of the panel', async () => {
  changePrefs({
    monitor: { range: '1h', extended: ['network'], folded: ['raft', 'disk', 'storage', 'grpc', 'runtime'] },
  })
  const metric = 'etcd_network_peer_round_trip_time_seconds_p99_by_peer'
  const view = openMonitor('/monitor', {
    range: (asked) => {
      const names = (asked.query.get('metrics') ?? '').split(',')
      const keys = names.flatMap((name) =>
        name === metric ? ['7', '8', '9'].map((id) => `${name}{peer="${id}"}`) : [name],
      )
      asked.query.set('metrics', keys.join(','))
      return answerRange(asked, NOW, (member, key) => (key.includes(`peer="${member}"`) ? null : 0.01))
    },
  })
  const rtt = panel('Round Trip Time by Peer (P99)')
  await expect.element(rtt.getByRole('row', { name: /etcd-9/ })).toMatchTextContent(/10.00 ms/)
  await rtt.getByRole('combobox').selectOptions('etcd-9')
  await expect.poll(() => view.url()).toBe('/monitor?pick=chartPeerRTTByPeer:member_9')
  await expect.element(rtt.getByRole('row', { name: /etcd-9/ })).toMatchTextContent(/no data/)
})
