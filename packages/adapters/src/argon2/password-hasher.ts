import type { HashSlot, PasswordHasher } from '@etcdmonitor/core/ports/password-hasher'
import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import { parseOptions } from '@node-rs/argon2'
import { createHashingGate } from './hashing-gate.ts'
import { openHashingThreads } from './hashing-threads.ts'

/** argon2id, as security.md 2 sets it; memory in KiB. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }
const SALT_BYTES = 16
/** The binding tells algorithms apart by constants that the compiler may not inline here. */
const ARGON2ID = 2

/** One per process: it holds the gate, and the threads behind it. Nobody but this folder imports the argon2 binding. */
export function argon2PasswordHasher({
  clock,
  random,
}: {
  readonly clock: Pick<Clock, 'sleep'>
  readonly random: RandomBytes
}): PasswordHasher {
  const gate = createHashingGate(clock)
  const run = openHashingThreads()
  const hashing: Omit<HashSlot, 'stepAside'> = {
    async hash(password) {
      const options = { ...PARAMETERS, algorithm: ARGON2ID, salt: random(SALT_BYTES) }
      return String(await run({ password, options }))
    },
    async verify(stored, password) {
      if (parseOptions(stored).algorithm !== ARGON2ID) throw new Error('the stored hash is not argon2id')
      return (await run({ password, stored })) === true
    },
    isOutdated(stored) {
      const { memoryCost, timeCost, parallelism, outputLen } = parseOptions(stored)
      const made = { memoryCost, timeCost, parallelism, outputLen }
      return JSON.stringify(made) !== JSON.stringify(PARAMETERS)
    },
  }
  return { withSlot: (address, work) => gate(address, (place) => work({ ...hashing, ...place })) }
}
