import { anIntent, SUCCEEDED } from '@etcdmonitor/core/contracts/audit-entries'
import { manualClock } from '@etcdmonitor/core/contracts/manual-clock'
import { expect, it } from 'vitest'
import { createAuditWriter } from './sql-audit-writer.ts'
import { unavailable } from './unavailable.ts'

/** A writer whose transactions a test ends. */
function openWriter() {
  const clock = manualClock()
  const commits: PromiseWithResolvers<void>[] = []
  const writer = createAuditWriter({
    clock,
    instanceId: '',
    now: async () => clock.now(),
    async transact<T>() {
      const commit = Promise.withResolvers<void>()
      commits.push(commit)
      await commit.promise
      return undefined as T // what the rows of audit do gives nothing back
    },
  })
  return { clock, commits, writer }
}

const numbers = (length: number) => Array.from({ length }, (_, index) => index)
const intents = (length: number) => numbers(length).map((index) => anIntent(`OP-${index}`))

it('SC-7 commits once for 100 intents of one turn', async () => {
  const { clock, commits, writer } = openWriter()
  const asked = intents(100).map((intent) => writer.intent(intent))
  await clock.settle()
  expect(commits).toHaveLength(1)
  commits[0]?.resolve()
  await Promise.all(asked)
  expect(commits).toHaveLength(1)
})

it('gathers what is asked for while it commits, at most 200 rows', async () => {
  const { clock, commits, writer } = openWriter()
  const first = writer.intent(anIntent('FIRST'))
  await clock.settle()
  const asked = intents(201).map((intent) => writer.outcome(intent.opId, SUCCEEDED))
  await clock.settle()
  expect(commits).toHaveLength(1)
  for (const index of numbers(3)) {
    commits[index]?.resolve()
    await clock.advance(1)
  }
  await Promise.all([first, ...asked])
  expect(commits).toHaveLength(3)
})

it('lets an outcome that can wait share the commit of what comes within 20 ms', async () => {
  const { clock, commits, writer } = openWriter()
  const lazy = (opId: string) => writer.outcome(opId, SUCCEEDED, { canWait: true })
  const first = lazy('A')
  await clock.advance(19)
  expect(commits).toHaveLength(0)
  const intent = writer.intent(anIntent('B'))
  await clock.settle()
  expect(commits).toHaveLength(1)
  commits[0]?.resolve()
  await Promise.all([first, intent])

  const last = lazy('B')
  await clock.advance(20)
  expect(commits).toHaveLength(2)
  commits[1]?.resolve()
  await last
})

it('settles what can wait as soon as somebody asks for it', async () => {
  const { clock, commits, writer } = openWriter()
  const outcome = writer.outcome('A', SUCCEEDED, { canWait: true })
  const settled = writer.settled()
  await clock.settle()
  expect(commits).toHaveLength(1)
  commits[0]?.reject(unavailable('away'))
  await expect(outcome).rejects.toMatchObject({ code: 'audit_unavailable' })
  await settled
  await writer.settled()
})

it('waits once for a millisecond for those that came together the time before', async () => {
  const { clock, commits, writer } = openWriter()
  const together = intents(8).map((intent) => writer.intent(intent))
  await clock.settle()
  commits[0]?.resolve()
  await Promise.all(together)
  const first = writer.intent(anIntent('FIRST'))
  await clock.settle()
  expect(commits).toHaveLength(1)
  const second = writer.intent(anIntent('SECOND'))
  await clock.advance(1)
  expect(commits).toHaveLength(2)
  commits[1]?.resolve()
  await Promise.all([first, second])
})

it('refuses after 2 s what is not committed, also what waits for its turn, and never begins that', async () => {
  const { clock, commits, writer } = openWriter()
  const refusals: number[] = []
  const ask = (opId: string) =>
    writer.intent(anIntent(opId)).catch(({ code }) => {
      expect(code).toBe('audit_unavailable')
      refusals.push(clock.monotonic())
    })
  void ask('A')
  await clock.advance(1_500)
  void ask('B')
  await clock.advance(1_999)
  expect(refusals).toEqual([2_000])
  await clock.advance(1)
  expect(refusals).toEqual([2_000, 3_500])
  commits[0]?.resolve()
  await clock.settle()
  expect(commits).toHaveLength(1)
})

it('tells of a store that is away that nothing was recorded, without trying each row', async () => {
  const { clock, commits, writer } = openWriter()
  const asked = Promise.allSettled(intents(3).map((intent) => writer.intent(intent)))
  await clock.settle()
  commits[0]?.reject(unavailable('away'))
  for (const result of await asked)
    expect(result).toMatchObject({ reason: { code: 'audit_unavailable', cause: { message: 'away' } } })
  expect(commits).toHaveLength(1)
})

it('finds the one of 100 that cannot be stored by halves', async () => {
  const { clock, commits, writer } = openWriter()
  const asked = intents(100).map((intent) => writer.intent(intent))
  const results = Promise.allSettled(asked)
  for (let left = 100; left >= 1; left = Math.ceil(left / 2)) {
    await clock.settle()
    commits.at(-1)?.reject(new TypeError('not storable')) // the first half fails each time
    if (left === 1) break
  }
  for (let round = 0; round < 7; round += 1) {
    await clock.settle()
    commits.at(-1)?.resolve()
  }
  const kinds = (await results).map(({ status }) => status)
  expect(kinds).toEqual(['rejected', ...Array(99).fill('fulfilled')])
  expect(commits).toHaveLength(15)
})
