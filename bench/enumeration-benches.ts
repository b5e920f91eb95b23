import { join } from 'node:path'
import { systemClock as clock } from '@etcdmonitor/adapters/node/clock'
import { randomBytes as random } from '@etcdmonitor/adapters/node/random'
import { openExistingSqliteState } from '@etcdmonitor/adapters/sqlite/state/state-store'
import { anEvent } from '@etcdmonitor/core/contracts/audit-entries'
import { startConsole } from '../test/setup/console/console.ts'
import type { BenchFamily } from './bench.ts'
import { openHttpLoad } from './http-load.ts'
import { median, round3 } from './measure.ts'
import { type BenchRecord, type Demand, judge } from './records.ts'

const SAMPLES = 1_000
const WARM = 20
/** Both names begin anew after so many, below the threshold. */
const UNLOCK_EVERY = 50
const THRESHOLD = '100'
const NAMES = ['admin', 'nobody'] as const
const DELTA: Demand = { op: '<=', value: 0.1 }
const MEDIANS: Demand = { op: '<=', value: 1.03 }

/** Whether the time of an answer tells an account from an invented name (security.md C3). */
export const enumerationBenches: BenchFamily = {
  ids: ['C3'],
  async run(_, { say }) {
    say(`C3: ${SAMPLES} wrong passwords of each of two names, in turn`)
    await using console = await startConsole({
      endpoints: ['http://127.0.0.1:1'], // nobody needs etcd here
      command: 'api',
      env: {
        ETCDMONITOR_AUTH_LOCKOUT_THRESHOLD: THRESHOLD,
        ETCDMONITOR_AUTH_LOGIN_RATE_PER_MINUTE: '0',
        ETCDMONITOR_LOG_LEVEL: 'info',
      },
    })
    await console.signIn()
    await using state = openExistingSqliteState(join(console.folder, 'state.db'), { clock, random })
    using load = openHttpLoad(console.url, 1)
    const times = { admin: [] as number[], nobody: [] as number[] }
    for (let sample = -WARM; sample < SAMPLES; sample++) {
      if (sample % UNLOCK_EVERY === 0) for (const name of NAMES) await state.guard.clear(name, anEvent())
      // each is the first of its pair as often as the other
      for (const name of sample % 2 === 0 ? NAMES : NAMES.toReversed()) {
        const body = { username: name, password: 'wrong' }
        const { status, ms } = await load.send({ path: '/api/auth/login', body })
        if (status !== 401) throw new Error(`a wrong password is answered ${status}`)
        if (sample >= 0) times[name].push(ms)
      }
    }
    return toRecords(times)
  },
}

function toRecords({
  admin,
  nobody,
}: Readonly<Record<(typeof NAMES)[number], readonly number[]>>): BenchRecord[] {
  const delta = round3(Math.abs(cliffsDelta(admin, nobody)))
  const [one, other] = [median(admin), median(nobody)]
  const ratio = Number((Math.max(one, other) / Math.min(one, other)).toFixed(4))
  const side = { samples: SAMPLES, account_ms: round3(one), invented_ms: round3(other) }
  return [
    {
      id: 'C3 delta',
      title: "absolute Cliff's delta of the times of a wrong password and of an invented name",
      unit: '',
      runs: [delta],
      median: delta,
      demand: DELTA,
      verdict: judge(delta, DELTA),
      side,
    },
    {
      id: 'C3 medians',
      title: 'larger median of these times to the smaller one',
      unit: 'ratio',
      runs: [ratio],
      median: ratio,
      demand: MEDIANS,
      verdict: judge(ratio, MEDIANS),
      side,
    },
  ]
}

/** How much more often a value of one is the larger: 0 = as often, 1 or -1 = always. */
function cliffsDelta(ones: readonly number[], others: readonly number[]): number {
  let more = 0
  for (const one of ones) for (const other of others) more += Math.sign(one - other)
  return more / (ones.length * others.length)
}
