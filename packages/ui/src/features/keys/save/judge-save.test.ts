import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { expect, it } from 'vitest'
import { judgeSave, type SentSave } from './judge-save.ts'

const sent: SentSave = {
  bytes: toUtf8('mine'),
  ttl: undefined,
  modRevision: 7,
  leaseBefore: undefined,
  leaseId: undefined,
}
const now = (modifiedIndex: number, value = 'mine', lease?: string) => ({
  key: '/a',
  dir: false,
  encoding: 'utf8' as const,
  value,
  modifiedIndex,
  ...(lease !== undefined && { lease_id: lease }),
})

it.each([
  ['what was sent, at a later revision', {}, now(8), 'saved'],
  ['what it was made of', {}, now(7, 'old'), 'not_saved'],
  ['the same value at the old revision', { ttl: 60 }, now(7), 'not_saved'],
  ['another value', {}, now(9, 'theirs'), 'other'],
  ['no key', {}, undefined, 'other'],
  ['no key where none was', { modRevision: 0 }, undefined, 'not_saved'],
  ['the key that was to be made', { modRevision: 0 }, now(8), 'saved'],
  ['the lease that was kept', { leaseBefore: '5' }, now(8, 'mine', '5'), 'saved'],
  ['the lease gone that was to be kept', { leaseBefore: '5' }, now(8), 'other'],
  ['no lease, as wished', { ttl: 0, leaseBefore: '5' }, now(8), 'saved'],
  ['a lease that was to be removed', { ttl: 0, leaseBefore: '5' }, now(8, 'mine', '5'), 'other'],
  ['the lease that was granted', { ttl: 60, leaseId: '9' }, now(8, 'mine', '9'), 'saved'],
  ['another lease than was granted', { ttl: 60, leaseId: '9' }, now(8, 'mine', '8'), 'other'],
  ['a new lease, which nobody named', { ttl: 60, leaseBefore: '5' }, now(8, 'mine', '6'), 'saved'],
  ['the old lease, where a new one was to be', { ttl: 60, leaseBefore: '5' }, now(8, 'mine', '5'), 'other'],
] as const)('a save without an answer that finds %s', (_, more, found, verdict) => {
  expect(judgeSave({ ...sent, ...more }, found)).toBe(verdict)
})
