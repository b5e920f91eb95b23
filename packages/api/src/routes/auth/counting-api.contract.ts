import { argon2PasswordHasher } from '@etcdmonitor/adapters/argon2/password-hasher'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes } from '@etcdmonitor/adapters/node/random'
import type { HashSlot, PasswordHasher } from '@etcdmonitor/core/ports/password-hasher'
import { type Answer, openApi } from '../../api-rig.contract.ts'

export const LOGIN = '/api/auth/login'
export const CHANGE = '/api/auth/change-password'
export const NEW = 'battery staple'

/** The real hasher, which counts; `beforeHash` is awaited before each new hash. */
function countingHasher() {
  const real = argon2PasswordHasher({ clock: systemClock, random: randomBytes })
  const counter = { hashes: 0, beforeHash: async () => {} }
  const count = (slot: HashSlot): HashSlot => ({
    ...slot,
    verify: (...args) => {
      counter.hashes += 1
      return slot.verify(...args)
    },
    hash: async (password) => {
      counter.hashes += 1
      await counter.beforeHash()
      return slot.hash(password)
    },
  })
  const hasher: PasswordHasher = {
    withSlot: (address, work) => real.withSlot(address, (slot) => work(count(slot))),
  }
  return { hasher, counter }
}

/** An API with `admin`, and how many hashes it has made since. */
export async function openCountingApi() {
  const { hasher, counter } = countingHasher()
  const api = await openApi({ hasher })
  await api.addAdmin()
  counter.hashes = 0
  return { api, counter }
}
export type CountingApi = Awaited<ReturnType<typeof openCountingApi>>

/** What a client can tell apart, without what differs from request to request. */
export const seen = ({ status, headers, text }: Answer) => {
  const id = headers.get('x-request-id') ?? ''
  return {
    status,
    text: text.replaceAll(id, ''),
    headers: [...headers].filter(([name]) => name !== 'x-request-id'),
  }
}
