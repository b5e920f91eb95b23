import { AppError } from '@etcdmonitor/core/errors'
import type { Alarm } from '@etcdmonitor/core/etcd/member'
import { checkDisarm } from '@etcdmonitor/core/operations/check-disarm'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import { sayOperation } from '@etcdmonitor/core/operations/messages'
import type { AlarmSightings } from '../plan/alarm-sightings.ts'
import { type MakePlan, type OperationPlan, refuseBlocked } from '../plan/operation-plan.ts'
import { noSuchMember } from '../plan/operation-request.ts'
import type { FactsReader } from '../plan/read-facts.ts'
import { planned, type RunAct, type RunHand } from '../run/run-act.ts'
import { runError } from '../run/run-error.ts'
import { orNothing, settleDisarm } from '../run/settle-outcome.ts'
import { type ActDeps, orSettled, preflight, settlingOf } from './act-parts.ts'

export interface DisarmPlan extends OperationPlan {
  readonly alarm: Alarm
  /** `""`: no member, or one that has left. */
  readonly memberName: string
}

export interface DisarmResult {
  readonly [name: string]: unknown
  readonly message: 'alarm disarmed'
  readonly member_id: string
  readonly alarm_type: 'NOSPACE' | 'CORRUPT'
}

export interface DisarmDeps extends ActDeps {
  readonly readFacts: FactsReader
  readonly sightings: AlarmSightings
}

const isSame = (one: Alarm, other: Alarm) => one.memberId === other.memberId && one.type === other.type

/** @throws AppError `alarm_not_found` when that pair is not active; `member_not_found` where there is no such member either */
export const makeDisarmPlan =
  ({ etcd, limits, readFacts, sightings }: DisarmDeps, alarm: Alarm): MakePlan<DisarmPlan> =>
  async (wanted) => {
    const [facts, alarms] = await Promise.all([
      readFacts(wanted),
      etcd.alarms({ deadline: limits.disarm.verify }),
    ])
    await sightings.see(alarms)
    const member = facts.view.members.find(({ id }) => id === alarm.memberId)
    if (!alarms.some((active) => isSame(active, alarm))) {
      if (!member && alarm.memberId !== '0') throw noSuchMember(alarm.memberId, facts)
      throw new AppError(
        'alarm_not_found',
        `there is no active alarm ${alarm.type} of member ${alarm.memberId}`,
      )
    }
    const isProven = alarm.type === 'CORRUPT' && (await sightings.isProven(alarm, facts, alarms))
    const memberName = member?.name ?? ''
    const step = {
      ...{ action: 'disarm' as const, member_id: alarm.memberId, member_name: memberName, role: '' as const },
      ...{ note: `the alarm ${alarm.type} is taken back`, skipped: false, blocked_seconds: 0 },
    }
    return { ...checkDisarm(alarm, facts, { isProven }), ...{ facts, alarm, memberName, steps: [step] } }
  }

export function disarmAct(
  deps: DisarmDeps,
  { plan, make }: { readonly plan: DisarmPlan; readonly make: MakePlan<DisarmPlan> },
): RunAct<DisarmResult> {
  const { alarm, memberName } = plan
  const { clusterId, epoch } = plan.facts
  const params = { member_id: alarm.memberId, alarm_type: alarm.type }
  const member = { id: alarm.memberId, name: memberName }
  return {
    operation: 'alarm_disarm',
    clusterId,
    target: nameOf(member),
    params,
    audited: params,
    steps: [planned('preflight'), planned('disarm', member), planned('verify')],
    async carryOut(hand) {
      const since = { clusterId, epoch }
      await preflight(hand, deps, {
        make: () => make({ since, ownRun: hand.runId }),
        refuse: refuseBlocked,
      })
      await disarm(deps, hand, { alarm, name: nameOf(member) })
      await verify(deps, hand, { alarm, name: nameOf(member) })
      const result = { message: 'alarm disarmed', member_id: alarm.memberId } as const
      return { result: { ...result, alarm_type: alarm.type === 'CORRUPT' ? 'CORRUPT' : 'NOSPACE' } }
    },
  }
}

interface NamedAlarm {
  readonly alarm: Alarm
  readonly name: string
}

const disarm = (deps: ActDeps, hand: RunHand, { alarm, name }: NamedAlarm): Promise<void> =>
  hand.step(
    { name: 'disarm', memberId: alarm.memberId, before: { alarm_type: alarm.type }, isChange: true },
    async ({ mayStillSend }) => {
      const { etcd, limits } = deps
      const send = async () => {
        if (await etcd.disarm(alarm, { deadline: limits.disarm.call, mayStillSend })) return
        throw new AppError('alarm_not_found', `the alarm ${alarm.type} of ${name} was not active any more`)
      }
      const settled = await orSettled(send, () => settleDisarm(settlingOf(deps, hand), alarm))
      const done = sayOperation('alarm_gone', { type: alarm.type, member: name })
      return { value: undefined, message: settled ?? done }
    },
  )

/** One that is raised again at once was not cured. */
const verify = ({ etcd, limits }: ActDeps, hand: RunHand, { alarm, name }: NamedAlarm): Promise<void> =>
  hand.step({ name: 'verify' }, async () => {
    const alarms = await orNothing(() => etcd.alarms({ deadline: limits.disarm.verify }))
    if (!alarms) return { value: undefined, message: 'Not checked: the alarms could not be listed.' }
    if (!alarms.some((active) => isSame(active, alarm)))
      return { value: undefined, message: 'The alarm is not listed any more.' }
    const reason = alarm.type === 'NOSPACE' ? 'its file is still full' : 'its data differ still'
    throw runError(
      'alarm_returned',
      sayOperation('alarm_returned', { type: alarm.type, member: name, reason }),
    )
  })
