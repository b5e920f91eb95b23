import { expect, it } from 'vitest'
import { type Said, viewOf } from './cluster-facts.contract.ts'
import type { RescueFacts } from './rescue-facts.ts'
import { rescuePlan } from './rescue-plan.ts'

const MIB = 1024 ** 2
const QUOTA = 100 * MIB

const facts = (members: readonly Said[], over: Partial<RescueFacts> = {}): RescueFacts => ({
  view: viewOf(members),
  quotas: new Map(members.map(({ id }) => [id, QUOTA])),
  alarms: [{ memberId: '1', type: 'NOSPACE' }],
  compactsByItself: false,
  revision: '50000',
  compactRevision: '100',
  growthBytesPerHour: 0,
  putsPerSecond: 0,
  failedWritesPerSecond: 0,
  watched: 900_000,
  lagEntries: 1_000,
  prefixes: [],
  ...over,
})

const three = (sizeMib: number, inUseMib: number): Said[] =>
  ['1', '2', '3'].map((id) => ({ id, sizeMib, inUseMib }))
const states = (given: RescueFacts) =>
  Object.fromEntries(rescuePlan(given).map(({ action, state }) => [action, state]))
const message = (given: RescueFacts, wanted: string) =>
  rescuePlan(given).find(({ action }) => action === wanted)?.message

it('leads from a full file to a cluster that is written again, one step after the other', () => {
  const full = facts(three(100, 70), { failedWritesPerSecond: 37 })
  expect(states(full)).toEqual({
    stop_writer: 'todo',
    delete_keys: 'not_needed',
    compact: 'todo',
    defragment: 'blocked',
    check_size: 'blocked',
    disarm: 'blocked',
    verify_write: 'blocked',
    prevent: 'todo',
  })
  const compacted = { ...full, failedWritesPerSecond: 0, compactRevision: '49000' }
  expect(states(compacted)).toMatchObject({
    stop_writer: 'done',
    compact: 'done',
    defragment: 'todo',
    disarm: 'blocked',
  })
  const small = facts(three(30, 30), { compactRevision: '49000' })
  expect(states(small)).toMatchObject({
    defragment: 'done',
    check_size: 'done',
    disarm: 'todo',
    verify_write: 'blocked',
  })
  const disarmed = { ...small, alarms: [] }
  expect(states(disarmed)).toMatchObject({ disarm: 'done', verify_write: 'todo' })
  expect(states({ ...disarmed, putsPerSecond: 1, compactsByItself: true })).toMatchObject({
    verify_write: 'done',
    prevent: 'done',
  })
})

it('asks for the writer to be stopped while the file grows or writes are refused, and names where', () => {
  const writing = facts(three(50, 50), {
    growthBytesPerHour: 1,
    prefixes: [{ prefix: '/registry/events/', percent: 74.1 }],
    putsPerSecond: 3.8712,
    failedWritesPerSecond: 0.70666,
  })
  expect(message(writing, 'stop_writer')).toBe(
    'Stop what writes so much. Most keys are below /registry/events/ (74 %). Puts: 3.9/s. Refused writes: 0.71/s. In the last 15 min the file grew by 1 B/h.',
  )
  expect(states(facts(three(50, 50), { growthBytesPerHour: -5 }))).toMatchObject({ stop_writer: 'done' })
})

it('names the members whose quota keys alone fill', () => {
  const members: readonly Said[] = [
    { id: '1', sizeMib: 100, inUseMib: 100 },
    { id: '2', sizeMib: 110, inUseMib: 110 },
  ]
  const quotas = new Map([
    ['1', QUOTA],
    ['2', 2 * QUOTA],
  ])
  const given = facts(members, { compactRevision: '49999', quotas })
  expect(message(given, 'delete_keys')).toMatch(/^Compaction and defragmentation cannot suffice for m1: /)
  expect(message(facts(members, { quotas }), 'delete_keys')).toBe(
    'Keys and 49900 revisions of history fill m1: compact first, then look here again whether keys have to go.',
  )
  expect(states(facts(three(100, 80)))).toMatchObject({ delete_keys: 'todo' })
  expect(states(facts(three(100, 79)))).toMatchObject({ delete_keys: 'not_needed' })
})

it.each([
  ['of keys or not, of a file that is nearly full', 80, '49000', 'todo'],
  ['of which fewer cannot be kept', 80, '49999', 'done'],
  ['of a file with room', 79, '49000', 'done'],
])('asks again for the revisions that are left %s', (_, inUseMib, compactRevision, state) => {
  const given = facts(three(100, inUseMib), { compactRevision })
  expect(states(given).compact).toBe(state)
  if (state !== 'todo') return
  expect(message(given, 'compact')).toBe(
    '1000 revisions of history hold what was deleted or overwritten in them: compact again, keep 1.',
  )
})

it.each([80, 100])('says what frees what was deleted last, at %i %% in use', (inUseMib) => {
  const cure = /it is freed by one change more: delete one key more, compact, keep 1\.$/
  expect(message(facts(three(100, inUseMib), { compactRevision: '49999' }), 'delete_keys')).toMatch(cure)
  const further = facts(three(100, inUseMib), { revision: '50001', compactRevision: '49999' })
  expect(message(further, 'delete_keys')).not.toMatch(cure)
  expect(states(further).compact).toBe('todo')
})

it('judges each member by its own quota', () => {
  const given = facts(three(50, 50), {
    quotas: new Map([
      ['1', 1_000 * MIB],
      ['2', 55 * MIB],
    ]),
    compactRevision: '49999',
  })
  expect(message(given, 'check_size')).toContain('m2')
  expect(message(given, 'check_size')).not.toContain('m1')
})

it('offers each of the others alone while a voter is down', () => {
  const given = facts([...three(100, 50).slice(0, 2), { id: '3', failure: 'refused' }], {
    compactRevision: '49999',
  })
  expect(message(given, 'defragment')).toBe(
    'Some voter is down: defragment each of the others alone: m1, m2.',
  )
})

it('disarms nothing while data may be corrupt', () => {
  const alarms = [
    { memberId: '1', type: 'NOSPACE' },
    { memberId: '0', type: 'CORRUPT' },
  ]
  expect(states(facts(three(10, 10), { alarms, compactRevision: '50000' }))).toMatchObject({
    disarm: 'blocked',
  })
})

it('offers to disarm the alarm of a member that has left', () => {
  const given = facts(three(10, 10), { alarms: [{ memberId: '77', type: 'NOSPACE' }] })
  expect(message(given, 'disarm')).toBe('Disarm NOSPACE of 77 (has left the cluster).')
})

it('finds no file small of which the quota is not known', () => {
  const blind = facts(three(30, 30), { compactRevision: '49999', quotas: new Map() })
  expect(states(blind)).toMatchObject({ check_size: 'todo', disarm: 'blocked', delete_keys: 'todo' })
  const partly = facts(three(30, 30), { compactRevision: '49999', quotas: new Map([['1', QUOTA]]) })
  expect(states(partly)).toMatchObject({ check_size: 'done', disarm: 'todo' })
  expect(message(partly, 'check_size')).toBe(
    'Every file is below 90 % of its quota, as far as it is known: not of m2, m3.',
  )
})

it('says that nobody writes only when that was watched for long enough', () => {
  expect(message(facts(three(10, 10)), 'stop_writer')).toBe(
    'Nothing grew in the last 15 min, and no write is refused.',
  )
  const ended = facts(three(10, 10), { growthBytesPerHour: 1_000 })
  expect(message(ended, 'stop_writer')).toBe('No put was applied, and no write refused, in the last 5 min.')
  expect(states({ ...ended, putsPerSecond: 1 })).toMatchObject({ stop_writer: 'todo' })
  const fresh = facts(three(10, 10), { watched: 40_000 })
  expect(states(fresh)).toMatchObject({ stop_writer: 'todo' })
  expect(message(fresh, 'stop_writer')).toBe(
    'It is not known yet whether anybody still writes: samples reach back 40 s only. Look here again in 4 min 20 s.',
  )
  expect(message({ ...fresh, failedWritesPerSecond: 3 }, 'stop_writer')).toContain('Refused writes: 3/s.')
})

it('says what is not known', () => {
  const { view, quotas, prefixes, lagEntries } = facts(three(10, 10))
  const blind = rescuePlan({ view, quotas, prefixes, lagEntries })
  expect(blind.map(({ state }) => state)).toEqual([
    'todo',
    'not_needed',
    'todo',
    'done',
    'done',
    'todo',
    'todo',
    'todo',
  ])
  expect(blind[5]?.message).toBe('It is not known which alarms are active: see why no member answers.')
  expect(blind[6]?.message).toContain('not known')
  expect(blind[0]?.message).toContain('not known')
  expect(blind[2]?.message).toContain('not known')
})
