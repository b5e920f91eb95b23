import { AppError } from '@etcdmonitor/core/errors'
import { expect, it } from 'vitest'
import { toProblem } from './problem.ts'

it('shows of an error its own words and the members that its code has', () => {
  const details = { member_id: '10', stage: 'tcp', failure: { message: 'inner' }, retry_after: 7.2 }
  const { status, headers, body } = toProblem(
    new AppError('member_unreachable', 'no answer', { details }),
    'ID',
  )
  expect(status).toBe(503)
  expect(headers).toEqual({ 'content-type': 'application/problem+json; charset=utf-8', 'retry-after': '8' })
  expect(body).toEqual({
    type: 'urn:etcdmonitor:problem:member_unreachable',
    title: 'The member does not answer',
    status: 503,
    detail: 'no answer',
    instance: 'urn:etcdmonitor:request:ID',
    error: 'no answer',
    code: 'member_unreachable',
    member_id: '10',
    stage: 'tcp',
  })
})

it.each([new Error('secret'), 'secret', undefined, new AppError('internal', 'secret')])(
  'shows nothing of a bug: %j',
  (error) => {
    const { status, body } = toProblem(error, 'ID')
    expect(status).toBe(500)
    expect(JSON.stringify(body)).not.toContain('secret')
  },
)

it('cuts long words', () => {
  expect(String(toProblem(new AppError('etcd_error', 'x'.repeat(900)), 'ID').body.detail)).toHaveLength(500)
})
