import { expect, it } from 'vitest'
import { tellCause } from './tell-cause.ts'

it('says what each address of a host met with, of which three are told', () => {
  const errors = ['::1', '127.0.0.1', '::2', '::3'].map((host) => new Error(`connect ECONNREFUSED ${host}`))
  expect(tellCause(new AggregateError(errors), '')).toBe(
    'connect ECONNREFUSED ::1; connect ECONNREFUSED 127.0.0.1; connect ECONNREFUSED ::2',
  )
})

it('adds the code that a message does not say', () => {
  expect(tellCause(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }), '')).toBe(
    'socket hang up (ECONNRESET)',
  )
})

it('is one line of at most 200 characters without the secret', () => {
  const told = tellCause(new Error(`no\n"secret" here ${'x'.repeat(300)}`), 'secret')
  expect(told).toMatch(/^no "\*\*\*" here x+$/)
  expect(told).toHaveLength(200)
})
