import { SOURCES } from '@etcdmonitor/core/metrics/sources'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  boundText,
  decodeText,
  encodeText,
  fieldsOf,
  groupsOf,
  labelsOf,
  parseBound,
} from './influx-schema.ts'

it('gives every source fields of its own', () => {
  const names = SOURCES.flatMap(({ id }) => {
    const { kind: _, ...fields } = fieldsOf(id)
    return Object.values(fields)
  })
  expect(new Set(names).size).toBe(names.length)
  for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{0,127}$/)
})

it('names fields as Telegraf does, in seconds', () => {
  expect(fieldsOf('has_leader')).toEqual({ kind: 'gauge', value: 'etcd_server_has_leader' })
  expect(fieldsOf('raft_term')).toEqual({ kind: 'gauge', value: 'raft_term' })
  expect(fieldsOf('compaction_pause')).toEqual({
    kind: 'histogram',
    bucket: 'etcd_debugging_mvcc_db_compaction_pause_duration_seconds_bucket',
    sum: 'etcd_debugging_mvcc_db_compaction_pause_duration_seconds_sum',
    count: 'etcd_debugging_mvcc_db_compaction_pause_duration_seconds_count',
  })
})

it('knows what a tick was scraped with', () => {
  const tick = (source: 'collector_up' | 'put' | 'has_leader' | 'raft_index' | 'status_up', value: number) =>
    groupsOf({ memberId: '1', scalars: [{ source, labels: {}, value }], histograms: [] })
  expect([...tick('collector_up', 0)]).toEqual([])
  expect([...tick('collector_up', 1)]).toEqual(['page'])
  expect([...tick('put', 0)]).toEqual(['page'])
  expect([...tick('has_leader', 1)]).toEqual([])
  expect([...tick('raft_index', 0)]).toEqual(['status'])
  expect([...tick('status_up', 1)]).toEqual(['status'])
})

it('writes texts in signs that mean nothing anywhere, and reads them again', () => {
  expect(encodeText('a, b="c"\\\n%é!~*\'()')).toBe('a%2C%20b%3D%22c%22%5C%0A%25%C3%A9%21%7E%2A%27%28%29')
  expect(encodeText('http://[::1]:2379/@+-_.')).toBe('http://%5B::1%5D:2379/@+-_.')
  expect(decodeText('%zz')).toBe('%zz')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(encodeText(text)).toMatch(/^[A-Za-z0-9_.:/@+%-]*$/)
      expect(decodeText(encodeText(text))).toBe(text)
    }),
  )
})

it('reads labels and bounds', () => {
  const cells: Readonly<Record<string, string>> = { method: 'a%20b', class: '' }
  expect(labelsOf((tag) => cells[tag])).toEqual({ method: 'a b' })
  for (const bound of [0.1 + 0.2, 1e-7, 5e21, Infinity]) expect(parseBound(boundText(bound))).toBe(bound)
  expect(boundText(Infinity)).toBe('+Inf')
})
