import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it } from 'vitest'
import { createAddressLimit } from './address-limit.ts'

const isAllowed = (take: (address: string) => void, address: string): boolean => {
  try {
    take(address)
    return true
  } catch {
    return false
  }
}

it('allows a fifth at once, then as many as the rate gives', async () => {
  const clock = manualClock()
  const take = createAddressLimit(300, clock)
  const burst = Array.from({ length: 70 }, () => isAllowed(take, '192.0.2.1'))
  expect(burst.filter(Boolean)).toHaveLength(60)
  let allowed = 0
  for (let tick = 0; tick < 600; tick += 1) {
    await clock.advance(100)
    if (isAllowed(take, '192.0.2.1')) allowed += 1
  }
  expect(allowed).toBe(300)
})

it('never saves up more than the burst', async () => {
  const clock = manualClock()
  const take = createAddressLimit(60, clock)
  await clock.advance(3_600_000)
  expect(Array.from({ length: 20 }, () => isAllowed(take, 'a')).filter(Boolean)).toHaveLength(12)
})

it('says in how many seconds the next is allowed', () => {
  const take = createAddressLimit(1, manualClock())
  take('a')
  expect(() => take('a')).toThrow(
    expect.objectContaining({ code: 'rate_limited', details: { retry_after: 60 } }),
  )
})

it('has no limit at 0', () => {
  const take = createAddressLimit(0, manualClock())
  for (let attempt = 0; attempt < 1_000; attempt += 1) take('a')
})

it('forgets the address that came longest ago beyond 10,000', () => {
  const take = createAddressLimit(5, manualClock())
  take('old')
  take('kept')
  for (let other = 0; other < 9_998; other += 1) take(`192.0.2.${other}`)
  expect(isAllowed(take, 'kept')).toBe(false) // and it is the newest now
  take('one more')
  expect(isAllowed(take, 'kept')).toBe(false)
  expect(isAllowed(take, 'old')).toBe(true)
})
