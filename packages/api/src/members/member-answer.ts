import { memberErrors, memberHealth } from '@etcdmonitor/core/etcd/member-health'
import { z } from '@hono/zod-openapi'
import type { KnownMember, Membership } from './membership.ts'

/** One entry of `members` in `api.md` 5.1. */
export const MemberAnswer = z
  .object({
    id: z.string(),
    name: z.string(),
    client_urls: z.array(z.string()),
    peer_urls: z.array(z.string()),
    endpoint: z.string(),
    is_default: z.boolean(),
    is_leader: z.boolean(),
    is_learner: z.boolean(),
    version: z.string(),
    status: z.enum(['unreachable', 'unhealthy', 'learner', 'healthy']),
    db_size: z.int().nullable(),
    db_size_in_use: z.int().nullable(),
    raft_term: z.string().nullable(),
    raft_index: z.string().nullable(),
    errors: z.array(z.string()),
    checked_at: z.int().nullable(),
    scrape_error: z.string(),
  })
  .openapi('Member')

export const toMemberAnswers = (membership: Membership): z.infer<typeof MemberAnswer>[] =>
  membership.current.map((member) => toMemberAnswer(member, membership))

function toMemberAnswer(
  member: KnownMember,
  { view: cluster, defaultId }: Membership,
): z.infer<typeof MemberAnswer> {
  const { id, name, view, stored } = member
  const status = view?.status
  return {
    id,
    name,
    client_urls: [...(view?.clientUrls ?? [])],
    peer_urls: [...(view?.peerUrls ?? [])],
    endpoint: view?.endpoint ?? '',
    is_default: id === defaultId,
    is_leader: id === cluster.leaderId,
    is_learner: view?.isLearner ?? false,
    version: versionOf(member),
    status: view ? memberHealth(view) : 'unreachable',
    db_size: status?.dbSizeBytes ?? null,
    db_size_in_use: status?.dbSizeInUseBytes ?? null,
    raft_term: status?.raftTerm ?? null,
    raft_index: status?.raftIndex ?? null,
    errors: view ? memberErrors(view) : [],
    checked_at: toSeconds(view?.probedAt),
    scrape_error: stored?.info?.scrapeError ?? '',
  }
}

/** What the member said itself, else what the collector heard last; `""` unknown. */
export const versionOf = ({ view, stored }: KnownMember): string =>
  view?.status?.serverVersion ?? stored?.info?.serverVersion ?? ''

/** Unix ms → Unix s. */
export function toSeconds(at: number): number
export function toSeconds(at: number | undefined): number | null
export function toSeconds(at: number | undefined): number | null {
  return at === undefined ? null : Math.floor(at / 1_000)
}
