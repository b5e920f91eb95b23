import { AppError } from '@etcdmonitor/core/errors'

/** The engine does not answer, or cannot do now what was asked. */
export const unavailable = (message: string, cause?: unknown): AppError =>
  new AppError('auth_store_unavailable', message, { cause })
