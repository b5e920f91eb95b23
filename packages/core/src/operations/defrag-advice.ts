const MIB = 1024 ** 2
const MUCH = 200 * MIB
const SOME = 32 * MIB
/** From this share of the quota on, little is worth it. */
const NEARLY_FULL = 0.8

export type DefragAdvice = 'recommended' | 'possible' | 'not_worth_it'

/** Bytes that a defragmentation would give back, at least 0. */
export const reclaimable = (dbSize: number, dbSizeInUse: number): number => Math.max(0, dbSize - dbSizeInUse)

/**
 * Whether a member is worth defragmenting; sizes in bytes, `quota` absent when it is not known. Shown in plans, never a gate. The quota alone
 * decides nothing: a full but compact file would be defragmented for ever (operations.md 6.2).
 */
export function defragAdvice(dbSize: number, dbSizeInUse: number, quota: number | undefined): DefragAdvice {
  const bytes = reclaimable(dbSize, dbSizeInUse)
  if (bytes < SOME) return 'not_worth_it'
  const isNearlyFull = quota !== undefined && quota > 0 && dbSize >= NEARLY_FULL * quota
  return bytes >= MUCH || isNearlyFull ? 'recommended' : 'possible'
}
