import { appendFileSync } from 'node:fs'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { createAuditTrail } from './audit-trail.ts'

/**
 * `act-forever.contract.ts <state file> <file of acts> <first number>`: sixteen at once do one audited act after the other, as fast as the
 * disk takes them. An act adds its number, which is its target in the audit log, to the file of acts. Prints `acted` at the first one.
 */
const [stateFile = '', actsFile = '', first = '1'] = process.argv.slice(2)
const WORKERS = 16
const caller = { username: 'rig', address: '', requestId: '' }

const state = await openSqliteState(stateFile, { clock, random })
const trail = createAuditTrail({ state, clock, random, log: createLog('error') })
let next = Number(first)

async function actForEver(): Promise<never> {
  for (;;) {
    const number = String(next)
    next += 1
    await trail.around(caller, { operation: 'put', target: number }, async () => {
      appendFileSync(actsFile, `${number}\n`)
      if (number === first) process.stdout.write('acted\n')
    })
  }
}

await Promise.all(Array.from({ length: WORKERS }, actForEver))
