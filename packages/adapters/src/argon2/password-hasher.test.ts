import { passwordHasherContract } from '@etcdmonitor/core/contracts/password-hasher'
import { randomBytes } from '../node/random.ts'
import { argon2PasswordHasher } from './password-hasher.ts'

passwordHasherContract('argon2', (clock) => argon2PasswordHasher({ clock, random: randomBytes }))
