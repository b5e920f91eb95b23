import { AppError } from '@etcdmonitor/core/errors'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import { nameOf } from '@etcdmonitor/core/operations/judge-voters'
import type { Ticket } from '@etcdmonitor/core/ports/state-store'
import type { RandomBytes } from '@etcdmonitor/core/time'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { successOf, withRefusals } from '../../../audit/audited.ts'
import { opsSwitch } from '../../../audit/ops-switch.ts'
import { createTicketDoor, hashTicket } from '../../../auth/ticket-door.ts'
import { watchSession } from '../../../auth/watch-session.ts'
import type { ApiSettings } from '../../../deps.ts'
import type { ApiEnv } from '../../../http/api-env.ts'
import { defineRoute } from '../../../http/define-route.ts'
import { createRouter } from '../../../http/router.ts'
import { findMember } from '../../../members/find-member.ts'
import { toSeconds } from '../../../members/member-answer.ts'
import { MemberIdMember, MemberIdQuery } from '../../../members/member-id.ts'
import { makeSnapshotPlan, type SnapshotPlan, snapshotAct } from '../../../ops/act/act-snapshot.ts'
import { snapshotName } from '../../../ops/act/snapshot-name.ts'
import {
  clientGone,
  createSnapshotTransfer,
  type SnapshotTransfer,
} from '../../../ops/act/snapshot-transfer.ts'
import { beginOrRefuse } from '../../../ops/operate.ts'
import type { OperationDeps } from '../../../ops/operations.ts'
import { lastNameOf } from '../../../ops/plan/member-name.ts'
import { planPatiently, refuseBlocked } from '../../../ops/plan/operation-plan.ts'
import { noSuchMember, operationRules } from '../../../ops/plan/operation-request.ts'
import { inProgress } from '../../../ops/run/run-engine.ts'
import { runError } from '../../../ops/run/run-error.ts'

const TICKET_LIFE = 30_000
const TICKET_BYTES = 32

const CODES = ['member_not_found', 'member_unreachable'] as const

const getSnapshot = (settings: ApiSettings) =>
  defineRoute({
    method: 'get',
    path: '/',
    summary: 'The database of one member, checked while it is sent; the session or a ticket may ask',
    rules: { ...operationRules(settings, 'snapshot', ...CODES, 'rate_limited'), withoutHead: true },
    request: {
      query: z.strictObject({
        member_id: MemberIdQuery,
        ticket: z.string().optional().openapi({ description: 'instead of a session, once' }),
      }),
    },
    answer: z.string().openapi({ format: 'binary' }),
    mediaType: 'application/octet-stream',
  })

const makeTicket = (settings: ApiSettings) =>
  defineRoute({
    method: 'post',
    path: '/ticket',
    summary: 'The right to one snapshot of one member by address alone, for 30 s',
    rules: {
      ...operationRules(settings, 'snapshot_ticket', ...CODES),
      allow: opsSwitch(settings, 'snapshot_ticket'),
    },
    request: { query: z.strictObject({}), body: z.strictObject({ member_id: MemberIdMember.optional() }) },
    answer: z
      .object({
        ticket: z.string(),
        expires_at: z.int(),
        member_id: z.string(),
        member_name: z.string(),
        url: z.string(),
      })
      .openapi('SnapshotTicket'),
  })

/** `/api/ops/snapshot` (api.md 8.3). */
export function opsSnapshotRoutes(deps: OperationDeps & { readonly random: RandomBytes }) {
  const { state, settings, book, clock, keys, random, engine } = deps
  const door = createTicketDoor(deps)

  /** Who is meant now: history alone is no member to ask. */
  async function find(id: MemberId | 'default'): Promise<MemberId> {
    if (id !== 'default') return id
    const found = findMember(await book.read(), id)
    if (!found) throw noSuchMember(id)
    return found.memberId
  }

  const planFor = async (memberId: MemberId): Promise<SnapshotPlan> => {
    const plan = await planPatiently(() => makeSnapshotPlan(deps.readFacts, memberId)({}), deps)
    refuseBlocked(plan, memberId)
    return plan
  }

  return createRouter()
    .openapi(getSnapshot(settings), async (c) => {
      const { member_id: asked, ticket: text } = c.req.valid('query')
      const ticket = text === undefined ? undefined : (await door.look(text)).ticket
      if (ticket && asked !== 'default' && asked !== ticket.memberId)
        throw new AppError('unauthenticated', 'the ticket is for another member')
      const memberId = ticket?.memberId ?? (await find(asked))
      const target = await lastNameOf(deps, memberId)
      const what = { operation: 'snapshot', target, params: { member_id: memberId } } as const
      const plan = await withRefusals(c, what, async () => {
        const found = await planFor(memberId)
        checkCluster(found, ticket)
        return found
      })
      if (ticket) await door.use(ticket)
      const transfer = createSnapshotTransfer()
      const make = makeSnapshotPlan(deps.readFacts, memberId)
      const fileName = snapshotName(plan.member, clock.now())
      const act = snapshotAct(deps, { plan, make, transfer, isTicket: ticket !== undefined, fileName })
      const live = await beginOrRefuse(c, engine, { what, act })
      const stream = await Promise.race([transfer.opened, live.ended])
      if ('kind' in stream)
        throw stream.kind === 'failed' ? stream.error : new AppError('shutting_down', 'it was stopped')
      endWithClient(c, transfer)
      void endWithSession(c, transfer)
      c.header('content-type', 'application/octet-stream')
      c.header('content-length', String(stream.totalBytes))
      c.header('content-disposition', `attachment; filename="${fileName}"`)
      c.header('x-etcd-member-id', memberId)
      c.header('x-etcd-cluster-id', plan.facts.clusterId)
      c.header('x-accel-buffering', 'no')
      return c.body(transfer.toBody(stream, c.env.answered), 200)
    })
    .openapi(makeTicket(settings), async (c) => {
      const memberId = await find(c.req.valid('json').member_id ?? 'default')
      const target = await lastNameOf(deps, memberId)
      const what = {
        operation: 'snapshot_ticket',
        target,
        params: { member_id: memberId },
      } as const
      const { facts, member } = await withRefusals(c, what, async () => {
        const plan = await planFor(memberId)
        if (plan.facts.held) throw inProgress(plan.facts.held)
        return plan
      })
      const text = toText(random(TICKET_BYTES))
      const expiresAt = (await state.now()) + TICKET_LIFE
      const { idHash, userId } = c.var.session
      const event = successOf(c, { ...what, target: nameOf(member), clusterId: facts.clusterId })
      const hash = await hashTicket(text)
      const { clusterId } = facts
      const ticket = { hash, sessionHash: idHash, userId, clusterId, memberId, expiresAt }
      if (!(await state.tickets.create(ticket, event)))
        throw new AppError('unauthenticated', 'the session has ended')
      return c.json(
        {
          ticket: text,
          expires_at: toSeconds(expiresAt),
          member_id: memberId,
          member_name: member.name,
          url: `/api/ops/snapshot?ticket=${text}`,
        },
        200,
      )
    })

  /** Expiry alone does not end a download. */
  async function endWithSession(c: Context<ApiEnv>, transfer: SnapshotTransfer): Promise<void> {
    try {
      if (!(await watchSession({ state, keys, clock }, c.var.session, transfer.over))) return
      transfer.breakOff(runError('session_ended', 'the session that asked for it has ended'))
    } catch (error) {
      transfer.breakOff(error)
    }
  }
}

/**
 * A client that has left before anything was read of the body is heard of by its request alone; one that was answered because it took too
 * long until here gets no body either.
 */
function endWithClient(c: Context<ApiEnv>, { breakOff }: SnapshotTransfer): void {
  const { signal } = c.req.raw
  const leave = () => breakOff(clientGone())
  if (signal.aborted || c.var.signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
}

function checkCluster({ facts }: SnapshotPlan, ticket: Ticket | undefined): void {
  if (!ticket || ticket.clusterId === facts.clusterId) return
  const message = 'another cluster is answering than the ticket was made for'
  throw new AppError('health_gate_failed', message, {
    details: { blockers: [{ code: 'cluster_changed', message }] },
  })
}

/** Base64url. */
const toText = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
