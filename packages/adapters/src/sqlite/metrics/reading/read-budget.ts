import { AppError } from '@etcdmonitor/core/errors'
import { READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'

/** What one call may still decode. Both throw AppError `too_many_points`. */
export interface ReadBudget {
  /** So many are decoded now. */
  take(samples: number): void
  /** At least so many will be, before they are read. */
  foresee(samples: number): void
}

export function newBudget(): ReadBudget {
  let left = READ_LIMITS.samples
  const foresee = (samples: number) => {
    if (samples > left)
      throw new AppError('too_many_points', `more than ${READ_LIMITS.samples} samples lie in the window`)
  }
  return {
    foresee,
    take(samples) {
      foresee(samples)
      left -= samples
    },
  }
}

/** Of what has to be read as large as it is. */
export const UNBOUNDED: ReadBudget = { take: () => {}, foresee: () => {} }
