import { anEvent } from '@etcdmonitor/core/contracts/audit-entries'
import { AppError } from '@etcdmonitor/core/errors'
import type { Session } from '@etcdmonitor/core/ports/state-store'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ApiRig, openApi } from '../api-rig.contract.ts'
import { hashSessionId } from './session-gate.ts'
import { watchSession } from './watch-session.ts'

let api: ApiRig
let session: Session
let ended: boolean | undefined
let stop: AbortController

beforeEach(async () => {
  api = await openApi()
  await api.addAdmin()
  const [, claims = ''] = (await api.token()).split('.')
  const { jti } = JSON.parse(Buffer.from(claims, 'base64url').toString())
  session = (await api.deps.state.sessions.find(await hashSessionId(jti)))! // just signed in
  ended = undefined
  stop = new AbortController()
})
afterEach(() => stop.abort())

const watch = (deps: Partial<ApiRig['deps']> = {}) =>
  void watchSession({ ...api.deps, ...deps }, session, stop.signal).then((answer) => {
    ended = answer
  })
const after = async (ms: number) => {
  await api.clock.advance(ms)
  await api.clock.settle()
  return ended
}

it('C7 sees within half a second that the session was ended', async () => {
  watch()
  expect(await after(500)).toBeUndefined()
  await api.deps.state.sessions.end(session.idHash, anEvent())
  expect(await after(499)).toBeUndefined()
  expect(await after(1)).toBe(true)
})

it('sees that the key of the session was removed', async () => {
  watch({ keys: { ...api.deps.keys, find: () => undefined } })
  expect(await after(500)).toBe(true)
})

it('F49 does not mind that the session expires', async () => {
  watch()
  api.clock.step(3_600_000)
  expect(await after(20_000)).toBeUndefined()
})

it('does not mind that the store is away', async () => {
  vi.spyOn(api.deps.state.sessions, 'isPresent').mockRejectedValue(
    new AppError('auth_store_unavailable', 'away'),
  )
  watch()
  expect(await after(60_000)).toBeUndefined()
})

it('ends with the download', async () => {
  watch()
  await after(15_000)
  stop.abort()
  expect(await after(0)).toBe(false)
})
