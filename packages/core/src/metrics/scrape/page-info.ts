import type { Page } from './exposition.ts'
import { toMemberId } from './label-rules.ts'
import { INFO_FAMILIES } from './wanted-names.ts'

/** Texts of a page that are kept as the newest per member (metrics.md 1.5); absent when the family is. */
export interface PageInfo {
  readonly serverVersion?: string
  readonly clusterVersion?: string
  readonly goVersion?: string
  /** Decimal; every id that the page claims with value 1. */
  readonly serverIds: readonly string[]
}

const MAX_TEXT = 64

export function readInfo(page: Page): PageInfo {
  const serverVersion = textsOf(page, 'serverVersion')[0]
  const clusterVersion = textsOf(page, 'clusterVersion')[0]
  const goVersion = textsOf(page, 'goVersion')[0]
  return {
    ...(serverVersion !== undefined && { serverVersion }),
    ...(clusterVersion !== undefined && { clusterVersion }),
    ...(goVersion !== undefined && { goVersion }),
    serverIds: textsOf(page, 'serverId').map(toMemberId),
  }
}

function textsOf(page: Page, name: keyof typeof INFO_FAMILIES): readonly string[] {
  const { family, label } = INFO_FAMILIES[name]
  const samples = [...(page.scalars.get(family)?.values() ?? [])]
  return samples
    .filter(({ value }) => value === 1)
    .map(({ labels }) => (labels.get(label) ?? '').slice(0, MAX_TEXT))
}
