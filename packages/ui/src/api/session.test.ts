import { afterEach, beforeEach, expect, it } from 'vitest'
import { currentSession, endSession, openSession, sessionEnd } from './session.ts'

const session = { token: 't1', username: 'admin', expiresAt: 5 }
const stored = () => sessionStorage.getItem('etcdmonitor.session')

beforeEach(() => localStorage.clear())
afterEach(() => endSession('out'))

it('keeps the session of the tab, and forgets it whole', () => {
  openSession(session)
  expect(currentSession()).toEqual(session)
  expect(JSON.parse(stored() ?? '')).toEqual(session)
  endSession('out')
  expect(currentSession()).toBeUndefined()
  expect(stored()).toBeNull()
  expect(localStorage).toHaveLength(0)
})

it('is ended only by those whose token it has', () => {
  openSession(session)
  endSession('ended', 'another')
  expect(currentSession()).toEqual(session)
  expect(sessionEnd()).toBeUndefined()
  endSession('ended', 't1')
  expect(sessionEnd()).toBe('ended')
  endSession('out', 't1')
  expect(sessionEnd()).toBe('ended')
})
