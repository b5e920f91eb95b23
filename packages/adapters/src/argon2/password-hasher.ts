import type { HashSlot, PasswordHasher } from '@etcdmonitor/core/ports/password-hasher'
import type { Clock, RandomBytes } from '@etcdmonitor/core/time'
import { hash, parseOptions, verify } from '@node-rs/argon2'
import { createHashingGate } from './hashing-gate.ts'

/** argon2id, as security.md 2 sets it; memory in KiB. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 }
const SALT_BYTES = 16
/** The binding tells algorithms apart by constants that the compiler may not inline here. */
const ARGON2ID = 2

/** The only importer of the argon2 binding. One per process: it holds the gate. */
export function argon2PasswordHasher({
  clock,
  random,
}: {
  readonly clock: Pick<Clock, 'sleep'>
  readonly random: RandomBytes
}): PasswordHasher {
  const gate = createHashingGate(clock)
  const hashing: Omit<HashSlot, 'stepAside'> = {
    hash: (password) => hash(password, { ...PARAMETERS, algorithm: ARGON2ID, salt: random(SALT_BYTES) }),
    async verify(stored, password) {
      if (parseOptions(stored).algorithm !== ARGON2ID) throw new Error('the stored hash is not argon2id')
      return await verify(stored, password)
    },
    isOutdated(stored) {
      const { memoryCost, timeCost, parallelism, outputLen } = parseOptions(stored)
      const made = { memoryCost, timeCost, parallelism, outputLen }
      return JSON.stringify(made) !== JSON.stringify(PARAMETERS)
    },
  }
  return { withSlot: (address, work) => gate(address, (place) => work({ ...hashing, ...place })) }
}
