import { describe, expect, it } from 'vitest'
import { anEndpoint } from '../../../test/answers.ts'
import { adviceOf } from './advice.ts'
import { stageMarks } from './stage-marks.ts'

const marks = (changes: Parameters<typeof anEndpoint>[0]) => Object.values(stageMarks(anEndpoint(changes)))
const failed = { ok: false, checked_at: 9_999, error: 'why' }

describe('stageMarks', () => {
  it('passes everything where all is well, and says that http:// has no TLS', () => {
    expect(marks({ endpoint: 'https://a:2379' })).toEqual(Array(6).fill('passed'))
    expect(marks({ endpoint: 'http://a:2379' })).toEqual([
      'passed',
      'passed',
      'unused',
      'passed',
      'passed',
      'passed',
    ])
  })

  it.each([
    ['dns', ['failed', 'not_reached', 'not_reached', 'not_reached', 'not_reached', 'not_reached']],
    ['tls', ['passed', 'passed', 'failed', 'not_reached', 'not_reached', 'not_reached']],
    ['ready', ['passed', 'passed', 'passed', 'passed', 'passed', 'failed']],
  ] as const)('stops at the stage that fails: %s', (stage, expected) => {
    expect(marks({ endpoint: 'https://a:2379', ...failed, stage })).toEqual(expected)
  })

  it('passes the sign-in with a reservation where the user lacks the root role, and only where it is passed', () => {
    expect(stageMarks(anEndpoint({ endpoint: 'https://a:2379' }), true)).toMatchObject({
      auth: 'limited',
      quorum: 'passed',
    })
    expect(stageMarks(anEndpoint({ ...failed, stage: 'tcp' }), true).auth).toBe('not_reached')
    expect(stageMarks(anEndpoint({ ...failed, stage: 'auth' }), true).auth).toBe('failed')
  })

  it('fails at TLS also where none was meant', () => {
    expect(stageMarks(anEndpoint({ endpoint: 'http://a:2379', ...failed, stage: 'tls' })).tls).toBe('failed')
  })

  it('waits for an endpoint that was not probed yet', () => {
    expect(marks({ ok: false, checked_at: null })).toEqual(Array(6).fill('waiting'))
  })
})

describe('adviceOf', () => {
  it('knows what to do about a failure, and nothing about what it does not know', () => {
    expect(adviceOf({ kind: 'refused', stage: 'tcp' })).toContain('--listen-client-urls')
    expect(adviceOf({ kind: 'toString', stage: 'tcp' })).toBeUndefined()
    expect(adviceOf({ kind: '', stage: 'tcp' })).toBeUndefined()
  })
})
