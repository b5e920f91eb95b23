import type { Clock } from '@etcdmonitor/core/time'
import { toSeconds } from '../members/member-answer.ts'
import type { MemberBook } from '../members/member-book.ts'
import { newestReset } from '../members/newest-reset.ts'

/** Which data lies in the cluster: an equal revision of other data is no match. */
export interface DataEpoch {
  readonly cluster: string
  /** Unix s of the last wipe or restore that was seen; 0: none. */
  readonly since: number
}

export interface EpochBook {
  /** At most 5 s old, once it was read. */
  known(): Promise<DataEpoch>
  /** Read now. */
  read(): Promise<DataEpoch>
}

const MAX_AGE = 5_000

export function createEpochBook(book: MemberBook, clock: Pick<Clock, 'monotonic'>): EpochBook {
  let last: { readonly epoch: DataEpoch; readonly at: number } | undefined

  async function read(): Promise<DataEpoch> {
    const membership = await book.read()
    const epoch = { cluster: membership.clusterId, since: toSeconds(newestReset(membership)?.at) ?? 0 }
    last = { epoch, at: clock.monotonic() }
    return epoch
  }

  return {
    read,
    known: async () => (last && clock.monotonic() - last.at <= MAX_AGE ? last.epoch : read()),
  }
}
