import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import type { Clock } from '@etcdmonitor/core/time'
import { describe, expect, it } from 'vitest'
import { readMemberPage } from './read-page.ts'

const LINES = 90_000
const body = new TextEncoder().encode(
  `etcd_server_has_leader 1\n${'unwanted_total{a="1"} 1\n'.repeat(LINES)}`,
)

/** A clock on which a look costs `ms`. */
function costlyClock(ms: number): Clock {
  let monotonic = 0
  return {
    ...manualClock(),
    monotonic() {
      monotonic += ms
      return monotonic
    },
  }
}

const never = new AbortController().signal

describe('readMemberPage', () => {
  it('lets others run between pieces', async () => {
    let turns = 0
    const others = setInterval(() => turns++, 0)
    const clock = costlyClock(3)
    const page = await readMemberPage(body, { memberId: '1', endsAt: Infinity, clock, signal: never })
    clearInterval(others)
    expect(page).toMatchObject({ lines: LINES + 1 })
    expect(turns).toBeGreaterThan(2)
  })

  it('fails with timeout when the deadline passes before the last line', async () => {
    const clock = costlyClock(3)
    const page = await readMemberPage(body, { memberId: '1', endsAt: 20, clock, signal: never })
    expect(page).toMatchObject({ reason: 'timeout' })
  })

  it('rejects with the reason of its signal', async () => {
    const stopping = new AbortController()
    const clock = costlyClock(10)
    const reading = readMemberPage(body, { memberId: '1', endsAt: Infinity, clock, signal: stopping.signal })
    stopping.abort(new Error('stop'))
    await expect(reading).rejects.toThrow('stop')
  })
})
