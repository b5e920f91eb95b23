import type { ClusterRecord } from './cluster-record.ts'
import type { Member, MemberId } from './member.ts'

/** After so many failed probes in a row another URL of the member is looked for. */
const MAX_FAILURES = 3

/** URLs that a round of probes asks: every configured endpoint, and what else may reach a member. */
export function probeTargets(record: ClusterRecord): readonly string[] {
  const others = (record.members ?? []).flatMap((member) => candidateUrls(record, member))
  return [...new Set([...record.configured, ...others])]
}

/** URLs by which a member is asked: the one that reaches it; else all it may be found at, best first (etcd.md 6.2). */
export function candidateUrls(record: ClusterRecord, member: Member): readonly string[] {
  const chosen = reachingUrl(record, member)
  const isGood = chosen !== '' && (record.urls.get(chosen)?.failures ?? 0) < MAX_FAILURES
  return isGood ? [chosen] : [...new Set([...(chosen === '' ? [] : [chosen]), ...member.clientUrls])]
}

/** The configured endpoint that named this member, else the advertised URL that did; `""` when none has. */
export function reachingUrl(
  record: ClusterRecord,
  { id, clientUrls }: Pick<Member, 'id' | 'clientUrls'>,
): string {
  const naming = [...record.configured, ...clientUrls].filter((url) => isNaming(record, url, id))
  return naming.find((url) => (record.urls.get(url)?.failures ?? 0) < MAX_FAILURES) ?? naming[0] ?? ''
}

/** Place of the configured endpoint that named this member; -1 when none has. */
export const configuredIndex = (record: ClusterRecord, id: MemberId): number =>
  record.configured.findIndex((url) => isNaming(record, url, id))

const isNaming = (record: ClusterRecord, url: string, id: MemberId): boolean =>
  record.urls.get(url)?.memberId === id && !isBalancer(record, url) && !isProxy(record, url)

/** What answers there is no member, whatever it says: it may pass each call on to another one (etcd.md 6.6). */
export const isProxy = ({ urls, proxies }: ClusterRecord, url: string): boolean =>
  proxies.has(url) || urls.get(url)?.isProxy === true

/** It answered for two members of the list within ten minutes: what lies behind it changes. */
export function isBalancer({ urls, members = [] }: ClusterRecord, url: string): boolean {
  const named = urls.get(url)?.named
  return named !== undefined && members.filter(({ id }) => named.has(id)).length > 1
}
