import { AppError } from '@etcdmonitor/core/errors'
import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { Alarm } from '@etcdmonitor/core/etcd/member'
import { hasAnswered } from '@etcdmonitor/core/etcd/member-health'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { activeAlarms } from '@etcdmonitor/core/operations/active-alarms'
import { defragAdvice, reclaimable } from '@etcdmonitor/core/operations/defrag-advice'
import { RESCUE_ACTIONS, rescuePlan } from '@etcdmonitor/core/operations/rescue-plan'
import { z } from '@hono/zod-openapi'
import type { ApiSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { toExact } from '../../keys/key-node.ts'
import { createListingSlots } from '../../keys/listing-slots.ts'
import { toSeconds } from '../../members/member-answer.ts'
import type { OperationDeps } from '../../ops/operations.ts'
import { readingRules } from '../../ops/plan/operation-request.ts'
import type { ReadFacts } from '../../ops/plan/read-facts.ts'
import { readRescuePrefixes } from '../../ops/rescue/rescue-prefixes.ts'
import { readRescueRates } from '../../ops/rescue/rescue-rates.ts'

/** Reports that are made at once. */
const MAX_REPORTS = 2
const READ_DEADLINE = 5_000

const Member = z.object({
  member_id: z.string(),
  member_name: z.string(),
  role: z.enum(['leader', 'follower', 'learner']),
  db_size: z.int().nullable(),
  db_size_in_use: z.int().nullable(),
  quota: z.int().nullable(),
  used_percent: z.number().nullable(),
  reclaimable: z.int().nullable(),
  advice: z.enum(['recommended', 'possible', 'not_worth_it']).nullable(),
})

const rescue = (settings: ApiSettings) =>
  defineRoute({
    method: 'get',
    path: '/',
    summary: 'What fills etcd, and the way back when it has run out of space; changes nothing',
    rules: readingRules(settings, 'overloaded'),
    request: { query: z.strictObject({}) },
    answer: z
      .object({
        cluster_id: z.string(),
        at: z.int(),
        complete: z.boolean().openapi({
          description: 'false: something could not be read, and is null, or missing among the prefixes',
        }),
        alarm_active: z.boolean().nullable(),
        alarms: z.array(z.object({ member_id: z.string(), member_name: z.string(), alarm_type: z.string() })),
        members: z.array(Member),
        revision: z.int().nullable(),
        compact_revision: z.int().nullable(),
        compacts_by_itself: z.boolean().nullable(),
        kubernetes: z.boolean().nullable(),
        growth_bytes_per_hour: z.number().nullable().openapi({
          description: 'of the largest member, over the last 4 h or as long as there are samples',
        }),
        puts_per_second: z.number().nullable(),
        failed_writes_per_second: z.number().nullable(),
        prefixes: z
          .array(
            z.object({
              prefix: z.string(),
              prefix_b64: z.string().optional(),
              keys: z.int(),
              percent: z.number(),
            }),
          )
          .openapi({ description: 'with most keys, at most 10' }),
        prefixes_complete: z.boolean().openapi({
          description:
            'false: not every directory was looked at (100 of a level are), one may hold more keys',
        }),
        steps: z.array(
          z.object({
            action: z.enum(RESCUE_ACTIONS),
            state: z.enum(['done', 'todo', 'blocked', 'not_needed']),
            message: z.string(),
          }),
        ),
      })
      .openapi('Rescue'),
  })

/** `/api/ops/rescue` (api.md 8.10, operations.md 13). */
export function opsRescueRoutes(deps: OperationDeps) {
  const { etcd, settings, clock, readFacts } = deps
  const slots = createListingSlots(MAX_REPORTS, 'rescue reports')
  const separator = toUtf8(settings.kv.separator)

  async function report() {
    const facts = await readFacts({ withHistory: true })
    const { view } = facts
    const isUp = view.members.some(hasAnswered)
    const [alarms, revision, compacted, rates, found] = await Promise.all([
      isUp ? orNothing(() => etcd.alarms({ deadline: READ_DEADLINE })) : undefined,
      isUp ? orNothing(() => etcd.headRevision({ deadline: READ_DEADLINE })) : undefined,
      isUp ? orNothing(() => etcd.compactedRevision({ deadline: READ_DEADLINE })) : undefined,
      readRescueRates(deps, view),
      isUp ? readRescuePrefixes(deps, separator) : { prefixes: [], isComplete: false, isRead: false },
    ])
    const known = alarms ?? (isUp ? activeAlarms(view) : undefined)
    const {
      growthBytesPerHour,
      recentGrowthBytesPerHour: recent,
      watched,
      putsPerSecond,
      failedWritesPerSecond,
    } = rates
    const steps = rescuePlan({
      ...{ view, quotas: facts.quotas, prefixes: found.prefixes, lagEntries: facts.lagEntries },
      ...(watched !== undefined && { watched }),
      ...(known && { alarms: known }),
      ...(facts.compactsByItself !== undefined && { compactsByItself: facts.compactsByItself }),
      ...(revision !== undefined && { revision }),
      ...(compacted !== undefined && { compactRevision: compacted }),
      ...(recent !== undefined && { growthBytesPerHour: recent }),
      ...(putsPerSecond !== undefined && { putsPerSecond }),
      ...(failedWritesPerSecond !== undefined && { failedWritesPerSecond }),
    })
    const members = view.members.map((member) => toMember(member, facts))
    const nullable = [
      ...[revision, compacted, growthBytesPerHour, putsPerSecond, failedWritesPerSecond, alarms],
      ...[facts.compactsByItself, facts.isKubernetes],
    ]
    const isKnown = members.every(({ db_size, quota }) => db_size !== null && quota !== null)
    return {
      cluster_id: facts.clusterId,
      at: toSeconds(clock.now()),
      complete: found.isRead && isKnown && members.length > 0 && !nullable.includes(undefined),
      alarm_active: known ? known.length > 0 : null,
      alarms: (known ?? []).map((alarm) => toAlarm(alarm, view.members)),
      members,
      revision: revision === undefined ? null : toExact(revision),
      compact_revision: compacted === undefined ? null : toExact(compacted),
      compacts_by_itself: facts.compactsByItself ?? null,
      kubernetes: facts.isKubernetes ?? null,
      growth_bytes_per_hour: growthBytesPerHour ?? null,
      puts_per_second: putsPerSecond ?? null,
      failed_writes_per_second: failedWritesPerSecond ?? null,
      prefixes: found.prefixes.map(({ base64, ...one }) => ({
        ...one,
        ...(base64 && { prefix_b64: base64 }),
      })),
      prefixes_complete: found.isComplete,
      steps: [...steps],
    }
  }

  return createRouter().openapi(rescue(settings), async (c) => {
    const release = slots.take()
    try {
      return c.json(await report(), 200)
    } finally {
      release()
    }
  })
}

const toAlarm = ({ memberId, type }: Alarm, members: readonly MemberView[]) => ({
  member_id: memberId,
  member_name: members.find(({ id }) => id === memberId)?.name ?? '',
  alarm_type: type,
})

function toMember(member: MemberView, { view, quotas }: ReadFacts): z.output<typeof Member> {
  const role = member.isLearner ? 'learner' : member.id === view.leaderId ? 'leader' : 'follower'
  const quota = quotas.get(member.id)
  const base = { member_id: member.id, member_name: member.name, role, quota: quota ?? null } as const
  if (!hasAnswered(member))
    return {
      ...base,
      ...{ db_size: null, db_size_in_use: null, used_percent: null, reclaimable: null, advice: null },
    }
  const { dbSizeBytes, dbSizeInUseBytes } = member.status
  return {
    ...base,
    db_size: dbSizeBytes,
    db_size_in_use: dbSizeInUseBytes,
    used_percent: quota === undefined || quota === 0 ? null : Math.round((dbSizeBytes / quota) * 1_000) / 10,
    reclaimable: reclaimable(dbSizeBytes, dbSizeInUseBytes),
    advice: defragAdvice(dbSizeBytes, dbSizeInUseBytes, quota),
  }
}

/** What cannot be read is null: the report is given all the same. */
async function orNothing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
