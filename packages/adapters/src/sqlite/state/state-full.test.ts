import { join } from 'node:path'
import { anIntent } from '@etcdmonitor/core/contracts/audit-entries'
import { attemptChange, attemptSignIn } from '@etcdmonitor/core/contracts/state-attempts'
import { mountSmallDisk } from '@etcdmonitor/rig/small-disk'
import { expect, it } from 'vitest'
import { systemClock as clock } from '../../node/clock.ts'
import { randomBytes as random } from '../../node/random.ts'
import { openExistingSqliteState, openSqliteState } from './state-store.ts'

const admin = { id: 'A', username: 'admin', passwordHash: 'h', mustChangePassword: false }
const idHash = new Uint8Array(32)
const session = { idHash, userId: 'A', kid: 'k', expiresAt: 0, address: '', userAgent: '' }

it('F42 O5 of a state file on a full disk refuses changes and says where room is wanted, reads, and goes on when there is room', async ({
  skip,
}) => {
  using disk = mountSmallDisk(3)
  if (!disk) return skip('a small file system cannot be mounted here')
  await using store = await openSqliteState(join(disk.path, 'state.db'), { clock, random })
  await store.accounts.createFirst(admin)
  expect(await attemptSignIn(store, { verified: 'h', session })).toBe('created')

  disk.fill('rest')
  const change = { userId: 'A', verified: 'h', to: 'i' }
  let refusal: unknown
  // what its log has room for is still taken
  for (let attempt = 0; attempt < 1_000 && refusal === undefined; attempt += 1)
    refusal = await attemptChange(store, { ...change, verified: '' }).then(
      () => undefined,
      (error: unknown) => error,
    )
  expect(refusal).toMatchObject({
    code: 'auth_store_unavailable',
    message: 'the state store is full',
    cause: { message: expect.stringContaining(`${disk.path}/state.db in ${disk.path}: make room there`) },
  })
  await expect(attemptChange(store, change)).rejects.toMatchObject({ code: 'auth_store_unavailable' })
  await expect(store.audit.intent(anIntent('ACT'))).rejects.toMatchObject({ code: 'audit_unavailable' })
  expect(await store.sessions.find(idHash)).toMatchObject({ username: 'admin' })
  expect(await store.health()).toBe('degraded')

  disk.free('rest')
  expect(await attemptChange(store, change)).toBe('changed')
  expect(await store.health()).toBe('ok')
})

it('F42 a state file on a full disk is no bug when it is opened: what to do is said', async ({ skip }) => {
  using disk = mountSmallDisk(3)
  if (!disk) return skip('a small file system cannot be mounted here')
  const file = join(disk.path, 'state.db')
  const store = await openSqliteState(file, { clock, random })
  await store.accounts.createFirst(admin)
  await store[Symbol.asyncDispose]()
  disk.fill('rest')
  const away = {
    code: 'auth_store_unavailable',
    message: 'the state store cannot be read or written',
    cause: { message: `${file} in ${disk.path}: see whether its disk is full, or fails` },
  }
  await expect(openSqliteState(file, { clock, random })).rejects.toMatchObject(away)
  expect(() => openExistingSqliteState(file, { clock, random })).toThrow(away.message)
  disk.free('rest')
  await using again = await openSqliteState(file, { clock, random })
  expect(await again.accounts.count()).toBe(1)
})
