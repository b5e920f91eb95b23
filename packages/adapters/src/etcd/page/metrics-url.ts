import type { MemberView } from '@etcdmonitor/core/etcd/cluster-view'
import type { AddressPolicy, BlockReason } from '../connection/address-policy.ts'
import { parseUrl } from '../connection/address-policy.ts'

export interface MetricsUrlOptions {
  /** Begins with `/`. */
  readonly metricsPath: string
  /** `""`, a template with `{host}`, or one URL per configured endpoint. */
  readonly metricsEndpoint: string | readonly string[]
  /** Configured ones, which are not judged. */
  readonly endpoints: readonly string[]
  readonly policy: AddressPolicy
}

/** Where the page of a member is; `isAdvertised`: its address is the member's own word and must pass the policy when it is dialled. */
export type MetricsUrl =
  | { readonly url: URL; readonly isAdvertised: boolean }
  | { readonly blocked: BlockReason }
  | undefined

/** Step 1 of metrics.md 2.3. `undefined`: the member advertises nothing, so it has not started. */
export function metricsUrl(
  { metricsPath, metricsEndpoint, endpoints, policy }: MetricsUrlOptions,
  member: Pick<MemberView, 'endpoint' | 'configuredIndex' | 'clientUrls'>,
): MetricsUrl {
  const listed = typeof metricsEndpoint === 'string' ? undefined : metricsEndpoint[member.configuredIndex]
  if (listed !== undefined) return { url: new URL(metricsPath, listed), isAdvertised: false }
  const base = member.endpoint || member.clientUrls[0]
  if (base === undefined) return undefined
  // also of a member whose configured endpoint fails, and which is reached by what it advertises
  const isAdvertised = !endpoints.includes(base)
  const parts = isAdvertised ? policy.judgeUrl(base) : parseUrl(base)
  if ('blocked' in parts) return parts
  const isTemplate = typeof metricsEndpoint === 'string' && metricsEndpoint !== ''
  const host = parts.host.includes(':') ? `[${parts.host}]` : parts.host
  const origin = isTemplate ? metricsEndpoint.replaceAll('{host}', () => host) : base
  return { url: new URL(metricsPath, origin), isAdvertised }
}
