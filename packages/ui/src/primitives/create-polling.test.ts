import { createRoot, createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPolling } from './create-polling.ts'

let isHidden = false
const hide = (hidden: boolean) => {
  isHidden = hidden
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => isHidden)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  isHidden = false
})

function poll(start: number | undefined) {
  const tick = vi.fn()
  const [period, setPeriod] = createSignal(start)
  const dispose = createRoot((end) => {
    createPolling(period, tick)
    return end
  })
  return { tick, setPeriod, dispose }
}

describe('polling', () => {
  it('ticks every period until it is disposed of', () => {
    const { tick, dispose } = poll(1_000)
    vi.advanceTimersByTime(3_500)
    expect(tick).toHaveBeenCalledTimes(3)
    dispose()
    vi.advanceTimersByTime(5_000)
    expect(tick).toHaveBeenCalledTimes(3)
  })

  it('follows its period, and stops without one', () => {
    const { tick, setPeriod, dispose } = poll(1_000)
    setPeriod(undefined)
    vi.advanceTimersByTime(5_000)
    expect(tick).not.toHaveBeenCalled()
    setPeriod(2_000)
    vi.advanceTimersByTime(4_000)
    expect(tick).toHaveBeenCalledTimes(2)
    dispose()
  })

  it('rests while nobody looks, and ticks at once when somebody does again', () => {
    const { tick, dispose } = poll(1_000)
    hide(true)
    vi.advanceTimersByTime(10_000)
    expect(tick).not.toHaveBeenCalled()
    hide(false)
    expect(tick).toHaveBeenCalledOnce()
    dispose()
  })

  it('does not tick for a short look away', () => {
    const { tick, dispose } = poll(1_000)
    hide(true)
    vi.advanceTimersByTime(500)
    hide(false)
    expect(tick).not.toHaveBeenCalled()
    dispose()
  })

  it('rests without a network', () => {
    const { tick, dispose } = poll(1_000)
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    vi.advanceTimersByTime(5_000)
    expect(tick).not.toHaveBeenCalled()
    dispose()
  })
})
