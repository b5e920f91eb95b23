import { AppError } from '@etcdmonitor/core/errors'
import { READ_LIMITS } from '@etcdmonitor/core/ports/metrics-store'

/** What one call may still decode. @throws AppError `too_many_points` */
export type ReadBudget = (samples: number) => void

export function newBudget(): ReadBudget {
  let left = READ_LIMITS.samples
  return (samples) => {
    left -= samples
    if (left < 0)
      throw new AppError('too_many_points', `more than ${READ_LIMITS.samples} samples lie in the window`)
  }
}
