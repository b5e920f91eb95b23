import { fromBase64, toBase64 } from '@etcdmonitor/core/keys/base64'
import { concatBytes, toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { z } from '@hono/zod-openapi'
import type { KeyRing } from '../../auth/key-ring.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'

/** Everything that must be as it was when a plan was shown. Sizes, lag and revisions are no part of it. */
export interface PlanBinding {
  readonly operation: string
  /** Without `dry_run` and `plan_token`. */
  readonly params: unknown
  readonly clusterId: string
  readonly epoch: number
  readonly voters: readonly string[]
  readonly learners: readonly string[]
  readonly leaderId: string
  /** In their order: action and member. */
  readonly steps: readonly (readonly [string, string])[]
}

const Signed = z.strictObject({
  version: z.literal(1),
  /** Unix ms. */
  at: z.int(),
  /** Base64 SHA-256 of the binding. */
  digest: z.string(),
  /** What the plan decided where the request left it open. */
  movesLeader: z.boolean().optional(),
  /** Which data the plan was made for. */
  clusterId: z.string(),
  epoch: z.int(),
})
export type PlanTicket = z.output<typeof Signed>

const SIGNATURE = 32
const PURPOSE = toUtf8('plan of an operation\n')

/** A text that only this server can make, for the plan as it is now. */
export async function toPlanToken(
  binding: PlanBinding,
  {
    keys,
    now,
    movesLeader,
  }: { readonly keys: KeyRing; readonly now: number; readonly movesLeader?: boolean | undefined },
): Promise<string> {
  const { clusterId, epoch } = binding
  const ticket: PlanTicket = {
    version: 1,
    at: now,
    digest: await digestOf(binding),
    clusterId,
    epoch,
    ...(movesLeader !== undefined && { movesLeader }),
  }
  const payload = toUtf8(JSON.stringify(ticket))
  const [key] = keys.cursorKeys
  if (!key) throw new RangeError('a key ring needs a key')
  const signature = await crypto.subtle.sign('HMAC', key, signedBytes(payload))
  return toBase64(concatBytes(new Uint8Array(signature), payload))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** `outdated`: signed by us, though in another version of this program. @throws AppError `validation_failed` for what is none of ours */
export async function readPlanToken(
  token: string,
  { cursorKeys }: KeyRing,
): Promise<PlanTicket | 'outdated'> {
  const padded = token
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .padEnd(Math.ceil(token.length / 4) * 4, '=')
  const bytes = /[+/=]/.test(token) ? undefined : fromBase64(padded)
  const payload = bytes?.slice(SIGNATURE)
  if (!bytes || !payload || payload.length === 0) throw forged()
  const signature = bytes.slice(0, SIGNATURE)
  const verified = await Promise.all(
    cursorKeys.map((key) => crypto.subtle.verify('HMAC', key, signature, signedBytes(payload))),
  )
  if (!verified.includes(true)) throw forged()
  const { data = 'outdated' } = Signed.safeParse(JSON.parse(toText(payload) ?? 'null')) // JSON in every version
  return data
}

/** The plan is the one of the ticket, which is not older than `maxAge`. */
export const isSamePlan = async (
  ticket: PlanTicket,
  binding: PlanBinding,
  { now, maxAge }: { readonly now: number; readonly maxAge: number },
): Promise<boolean> => Math.abs(now - ticket.at) <= maxAge && ticket.digest === (await digestOf(binding))

const forged = () =>
  invalidRequest([toItem('body', ['plan_token'], 'invalid_format', 'no token of a plan of this console')])

const signedBytes = (payload: Uint8Array): Uint8Array<ArrayBuffer> =>
  new Uint8Array(concatBytes(PURPOSE, payload))

async function digestOf(binding: PlanBinding): Promise<string> {
  const text = new Uint8Array(toUtf8(JSON.stringify(binding)))
  return toBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', text)))
}
