import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { anEvent } from '../ports/audit-entries.contract.ts'
import { CSV_BEGIN, toCsvRow } from './audit-csv.ts'
import type { AuditEntry } from './audit-event.ts'

const anEntry = (over: Partial<AuditEntry> = {}): AuditEntry => ({
  ...anEvent('A', { requestId: 'R', target: '/cfg/a' }),
  id: 1,
  at: 1_790_000_000_123,
  ...over,
})

/** The fields of one row as RFC 4180 has them. */
function parseRow(row: string): readonly string[] {
  expect(row.endsWith('\r\n')).toBe(true)
  const fields = [...row.slice(0, -2).matchAll(/(?:^|,)"((?:[^"]|"")*)"/gs)]
  expect(fields.map(([whole]) => whole).join('')).toBe(row.slice(0, -2))
  return fields.map(([, text = '']) => text.replaceAll('""', '"'))
}

it('has a byte-order mark, a header, and rows of the same columns', () => {
  expect(CSV_BEGIN).toBe(
    '\uFEFFTime,User,Operation,Target,Result,Duration(ms),Address,Request ID,Count,Params\r\n',
  )
  expect(toCsvRow(anEntry())).toBe(
    '"2026-09-21T14:13:20.123Z","admin","put","/cfg/a","success: ok","14","192.0.2.1","R","1","{""ttl"":0}"\r\n',
  )
})

it.each([
  [{ verdict: 'failed', message: 'etcd has no leader' }, 'failed: etcd has no leader'],
  [{ verdict: 'refused', message: 'read only' }, 'failed: (refused) read only'],
  [{ verdict: 'unknown', message: 'no answer' }, 'failed: (unknown) no answer'],
  [{ verdict: 'interrupted', message: '' }, 'failed: (interrupted)'],
  [{ verdict: 'pending', message: '' }, 'failed: (pending)'],
] as const)('says how %j ended', (over, result) => {
  expect(parseRow(toCsvRow(anEntry(over)))[4]).toBe(result)
})

interface CsvRow {
  readonly text: string
  /** As a parser gives it back. */
  readonly field: string
}
const corpus = new URL('../../../../test/corpus/csv.json', import.meta.url)
const ROWS = JSON.parse(readFileSync(corpus, 'utf8')) as readonly CsvRow[] // written beside it

it('C19 has 14 texts of strangers', () => {
  expect(ROWS).toHaveLength(14)
})

it.each(ROWS)('C19 O34 writes $text so that no program takes it for a formula', ({ text, field }) => {
  const fields = parseRow(toCsvRow(anEntry({ target: text, username: text })))
  expect([fields[1], fields[3]]).toEqual([field, field])
})

it('O34 gives back every text, up to the apostrophe', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (target) => {
      const [, , , field = ''] = parseRow(toCsvRow(anEntry({ target })))
      expect(field.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, '')).toBe(
        target.replaceAll('\0', '').replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, ''),
      )
    }),
  )
})
