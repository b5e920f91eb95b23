import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { AppError } from '@etcdmonitor/core/errors'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type LogLine, recordingLog } from './api-rig.contract.ts'
import { startPulse } from './beat.ts'

const START = 1_790_000_000_000
const INSTANCE = { kind: 'api', host: 'h', pid: 7, version: '1.0.0' } as const

/** A process that beats from `START` on, and the store it beats in. */
async function startBeating() {
  const clock = manualClock(START)
  const lines: LogLine[] = []
  const stop = new AbortController()
  const store: {
    failure?: Error | undefined
    step: number
    open: number
    cancelled: string[]
    held: string[]
  } = {
    ...{ step: 0, open: 0, cancelled: [], held: [] },
  }
  const calls: string[] = []
  const note = (call: string) => calls.push(`${call} ${(clock.now() - START) / 1_000}`)
  const instances = {
    async beat() {
      if (store.failure) throw store.failure
      note('beat')
      return { now: clock.now() + store.step, cancelled: store.cancelled, held: store.held }
    },
    async leave() {
      note('leave')
    },
    async interruptDead() {
      note('judge')
      return store.open
    },
  }
  const pulse = await startPulse({ instances, clock, log: recordingLog(lines) }, INSTANCE)
  const heard: string[][] = []
  const taken: number[] = []
  const own: string[][] = []
  const running = pulse.beatForEver(stop.signal, {
    cancel: (runIds) => void heard.push([...runIds]),
    takeBack: async (runIds) => void own.push([...runIds]),
    takeOver: async () => void taken.push(clock.now() - START),
  })
  async function end() {
    stop.abort()
    await running
    await pulse[Symbol.asyncDispose]()
  }
  return { clock, calls, lines, store, heard, taken, own, pulse, end }
}

let process: Awaited<ReturnType<typeof startBeating>>
beforeEach(async () => {
  process = await startBeating()
})
afterEach(() => process.end())

it('beats at the start and every 10 s, and judges after 30 s', async () => {
  await process.clock.advance(40_000)
  expect(process.calls).toEqual([
    'beat 0',
    'beat 10',
    'beat 20',
    'beat 30',
    'judge 30',
    'beat 40',
    'judge 40',
  ])
})

it('judges nobody for 30 s after the store was away, and tells of both once', async () => {
  await process.clock.advance(20_000)
  process.store.failure = new AppError('auth_store_unavailable', 'away')
  await process.clock.advance(20_000)
  process.store.failure = undefined
  await process.clock.advance(40_000)
  expect(process.calls.slice(3)).toEqual(['beat 50', 'beat 60', 'beat 70', 'beat 80', 'judge 80'])
  expect(process.lines.map(({ level, event }) => [level, event])).toEqual([
    ['warn', 'heartbeat_failed'],
    ['info', 'heartbeat_recovered'],
  ])
})

it.each([
  ['back', -1_000],
  ['far ahead', 40_000],
])('judges nobody for 30 s after the clock of the store went %s', async (_, step) => {
  await process.clock.advance(20_000)
  process.store.step = step - 10_000
  await process.clock.advance(40_000)
  expect(process.calls.filter((call) => call.startsWith('judge'))).toEqual(['judge 60'])
})

it('says how many acts of the dead it found', async () => {
  process.store.open = 3
  await process.clock.advance(30_000)
  expect(process.lines).toEqual([{ level: 'warn', event: 'acts_interrupted', fields: { count: 3 } }])
})

it('has beaten before it is used, and leaves at its very end', async () => {
  await process.clock.advance(1_000)
  await process.end()
  expect(process.calls).toEqual(['beat 0', 'leave 1'])
})

it('hands on with each beat which runs this process holds', async () => {
  process.store.held = ['RUN']
  await process.clock.advance(20_000)
  expect(process.own).toEqual([['RUN'], ['RUN']])
})

it('hands on which runs were cancelled, and looks for runs of the dead once it may judge', async () => {
  process.store.cancelled = ['RUN']
  await process.clock.advance(20_000)
  expect(process.heard).toEqual([['RUN'], ['RUN']])
  expect([process.pulse.mayJudge(), process.taken]).toEqual([false, []])
  await process.clock.advance(20_000)
  expect([process.pulse.mayJudge(), process.taken]).toEqual([true, [30_000, 40_000]])
})
