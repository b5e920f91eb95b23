import { AppError } from '@etcdmonitor/core/errors'

/** Places for work that is costly for etcd and for us, in one process. */
export interface ListingSlots {
  /** Gives the place back; more than once does nothing. @throws AppError `overloaded` when none is free */
  take(): () => void
}

export function createListingSlots(max: number, what: string): ListingSlots {
  let taken = 0
  return {
    take() {
      if (taken >= max) throw new AppError('overloaded', `${max} ${what} are running already`)
      taken += 1
      let isHeld = true
      return () => {
        if (isHeld) taken -= 1
        isHeld = false
      }
    },
  }
}
