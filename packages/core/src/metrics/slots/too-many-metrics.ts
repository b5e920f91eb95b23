import { AppError } from '../../errors.ts'

/** At most `max` names fit into the window that was asked for. */
export const tooManyMetrics = (names: number, max: number): AppError =>
  new AppError('too_many_metrics', `${names} metrics are too many for this window, at most ${max} fit`, {
    details: { max },
  })
