import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../errors.ts'
import type { HashSlot, PasswordHasher } from './password-hasher.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

/** A clock whose sleeps end when the test says so, in ms of the test's own time. */
export interface HasherClock {
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

/** What every PasswordHasher must do. `open` is given the clock that its gate waits by. */
export function passwordHasherContract(adapter: string, open: (clock: HasherClock) => PasswordHasher): void {
  describe(`PasswordHasher contract: ${adapter}`, () => {
    let hasher: PasswordHasher
    let expire: Set<() => void>
    beforeEach(() => {
      expire = new Set()
      hasher = open({
        sleep: (_ms, signal) =>
          new Promise((resolve) => {
            expire.add(resolve)
            signal.addEventListener('abort', () => resolve())
          }),
      })
    })
    afterEach(() => {
      for (const end of expire) end()
    })
    const inSlot = <T>(work: (slot: HashSlot) => Promise<T>) => hasher.withSlot('192.0.2.1', work)

    it('makes argon2id hashes of the set parameters, with a salt of their own', async () => {
      const [one, other] = await inSlot(async (slot) => [
        await slot.hash(bytes('correct horse')),
        await slot.hash(bytes('correct horse')),
      ])
      expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
      expect(one).not.toBe(other)
    })

    it.each([
      ['a trailing blank', 'secret', 'secret '],
      ['an upper-case letter', 'secret', 'Secret'],
      ['what follows a zero byte', 'secret\0a', 'secret\0b'],
      ['NFC and NFD', '\u00e9t\u00e9', 'e\u0301te\u0301'],
      ['the 1,024th byte', `${'x'.repeat(1_023)}a`, `${'x'.repeat(1_023)}b`],
    ])('M18 tells apart %s', async (_, right, wrong) => {
      await inSlot(async (slot) => {
        const stored = await slot.hash(bytes(right))
        expect(await slot.verify(stored, bytes(right))).toBe(true)
        expect(await slot.verify(stored, bytes(wrong))).toBe(false)
      })
    })

    it.each([
      '',
      'plain',
      '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA',
      '$2b$10$abcdefghijklmnopqrstuv',
      '$argon2i$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A',
    ])('M18 calls %j damage, never a wrong password', async (stored) => {
      const attempt = inSlot((slot) => slot.verify(stored, bytes('x')))
      const error = await attempt.catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(AppError)
    })

    it('knows a hash of other parameters', async () => {
      const older =
        '$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$iWh06vD8Fy27wf9npn6FXWiCX4K6pW6Ue1Bnzz07Z8A'
      await inSlot(async (slot) => {
        expect(slot.isOutdated(older)).toBe(true)
        expect(slot.isOutdated(await slot.hash(bytes('x')))).toBe(false)
      })
    })

    it('runs two at once, keeps sixteen waiting in their order and refuses the next at once', async () => {
      const work = holdable()
      const calls = Array.from({ length: 18 }, (_, index) =>
        hasher.withSlot(`192.0.2.${index % 9}`, work.run(index)),
      )
      await expect(hasher.withSlot('192.0.2.99', work.run(18))).rejects.toMatchObject({
        code: 'login_capacity',
        details: { retry_after: 1 },
      })
      expect(work.running).toEqual([0, 1])
      for (let index = 0; index < 18; index += 1) {
        work.finish(index)
        await calls[index]
      }
      expect(work.begun).toEqual(Array.from({ length: 18 }, (_, index) => index))
      expect(work.most).toBe(2)
    })

    it('C50 lets one address have at most eight of the waiting places', async () => {
      const work = holdable()
      const calls = Array.from({ length: 10 }, (_, index) => hasher.withSlot('192.0.2.1', work.run(index)))
      await expect(hasher.withSlot('192.0.2.1', work.run(10))).rejects.toMatchObject({
        code: 'login_capacity',
      })
      const other = hasher.withSlot('192.0.2.2', work.run(11))
      for (const index of [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11]) {
        work.finish(index)
        await (index === 11 ? other : calls[index])
      }
      expect(work.begun).not.toContain(10)
    })

    it('refuses who has waited too long, without running its work, and goes on', async () => {
      const work = holdable()
      const running = [0, 1].map((index) => hasher.withSlot('192.0.2.1', work.run(index)))
      const late = hasher.withSlot('192.0.2.1', work.run(2))
      for (const end of expire) end()
      await expect(late).rejects.toMatchObject({ code: 'login_capacity' })
      work.finish(0)
      work.finish(1)
      await Promise.all(running)
      work.finish(3)
      await hasher.withSlot('192.0.2.1', work.run(3))
      expect(work.begun).toEqual([0, 1, 3])
    })

    it('lets others through while a request steps aside, and keeps its place among the waiting', async () => {
      const work = holdable()
      const steppers = [0, 1].map(() => hasher.withSlot('192.0.2.1', (slot) => slot.stepAside()))
      await expect.poll(() => expire.size).toBe(2)
      const aside = [...expire]
      const others = Array.from({ length: 16 }, (_, index) =>
        hasher.withSlot(`192.0.2.${2 + (index % 9)}`, work.run(index)),
      )
      await expect.poll(() => work.running).toEqual([0, 1])
      await expect(hasher.withSlot('192.0.2.99', work.run(16))).rejects.toMatchObject({
        code: 'login_capacity',
      })
      for (const end of aside) end()
      for (let index = 0; index < 16; index += 1) {
        work.finish(index)
        await others[index]
      }
      await Promise.all(steppers)
      expect(work.most).toBe(2)
    })

    it('gives the place back when the work fails', async () => {
      for (let round = 0; round < 3; round += 1)
        await expect(inSlot(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
      expect(await inSlot(async () => 'in')).toBe('in')
    })
  })
}

/** Work that runs until it is told to finish. */
function holdable() {
  const ends = new Map<number, PromiseWithResolvers<void>>()
  const endOf = (index: number) => {
    const end = ends.get(index) ?? Promise.withResolvers<void>()
    ends.set(index, end)
    return end
  }
  const state = { begun: [] as number[], running: [] as number[], most: 0 }
  return {
    get begun() {
      return state.begun
    },
    get running() {
      return state.running
    },
    get most() {
      return state.most
    },
    finish: (index: number) => endOf(index).resolve(),
    run: (index: number) => async () => {
      state.begun.push(index)
      state.running.push(index)
      state.most = Math.max(state.most, state.running.length)
      await endOf(index).promise
      state.running.splice(state.running.indexOf(index), 1)
    },
  }
}
