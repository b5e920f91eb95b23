import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const addressOf = (file: string) => JSON.stringify(new URL(file, import.meta.url).href)

/** Hashes once at `priority` and tells the priorities of its threads, in the order they began. */
const PROGRAM = `
  import { readdirSync, readFileSync } from 'node:fs'
  import { getPriority, setPriority } from 'node:os'
  import { argon2PasswordHasher } from ${addressOf('password-hasher.ts')}
  import { systemClock as clock } from ${addressOf('../node/clock.ts')}
  import { randomBytes as random } from ${addressOf('../node/random.ts')}
  setPriority(Math.max(Number(process.argv[1]), getPriority()))
  await argon2PasswordHasher({ clock, random }).withSlot('', (slot) => slot.hash(new Uint8Array(8)))
  const tasks = readdirSync('/proc/self/task').map(Number).sort((a, b) => a - b)
  const niceOf = (task) => Number(readFileSync('/proc/self/task/' + task + '/stat', 'utf8').split(') ')[1].split(' ')[16])
  console.log(JSON.stringify([niceOf(tasks[0]), niceOf(tasks.at(-1))]))`

it.runIf(process.platform === 'linux').each([0, 12, 17])(
  'hashes at a lower priority than its process, also where that has %i',
  async (priority) => {
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, ['-e', PROGRAM, `${priority}`])
    const [own, hashing] = JSON.parse(stdout)
    expect(own).toBeGreaterThanOrEqual(priority)
    expect(hashing).toBe(Math.min(19, own + 5))
  },
)
