import type { KeyNodeAnswer } from '../../../api/answers.ts'
import { equalBytes } from '../../value/value-content.ts'
import { valueBytes } from '../../value/value-text.ts'

/** A save whose answer did not come. */
export interface SentSave {
  readonly bytes: Uint8Array
  /** As it was asked for: undefined keeps the lease, 0 removes it. */
  readonly ttl: number | undefined
  /** What it may have replaced; 0: a key that did not exist. */
  readonly modRevision: number
  /** The lease that the key had. */
  readonly leaseBefore: string | undefined
  /** The lease that was granted for it, where that is known. */
  readonly leaseId: string | undefined
}

export type SaveVerdict = 'saved' | 'not_saved' | 'other'

/** What became of it, told by what is in etcd now: `undefined` is no key. `other`: somebody else wrote as well. */
export function judgeSave(sent: SentSave, now: KeyNodeAnswer | undefined): SaveVerdict {
  if (!now) return sent.modRevision === 0 ? 'not_saved' : 'other'
  if (now.modifiedIndex === sent.modRevision) return 'not_saved'
  return equalBytes(valueBytes(now), sent.bytes) && hasItsLease(sent, now.lease_id) ? 'saved' : 'other'
}

function hasItsLease({ ttl, leaseBefore, leaseId }: SentSave, now: string | undefined): boolean {
  if (ttl === undefined) return now === leaseBefore
  if (ttl === 0) return now === undefined
  return leaseId === undefined ? now !== undefined && now !== leaseBefore : now === leaseId
}
