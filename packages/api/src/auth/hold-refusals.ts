import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import type { Clock } from '@etcdmonitor/core/time'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { ApiEnv, Connection } from '../http/api-env.ts'

/** So long a refusal is held back, ms. */
const HELD = 250
/** So many at once; more are answered at once, which costs less than to keep them. */
const MAX_HELD = 1_000
/** Decided before anything of the name is looked at, or after the same wait whatever the name is. */
const REFUSALS: readonly ErrorCode[] = ['rate_limited', 'login_capacity']

/** The application: a request with its `Connection`, and the answer. */
type Fetch = OpenAPIHono<ApiEnv>['fetch']

export interface HeldRefusals {
  /** Runs an attempt to sign in, or to change a password, that came with this `Connection`. */
  attempt<T>(connection: Connection, attempt: () => Promise<T>): Promise<T>
  /** The same, with the answers to attempts that were refused held back until the client leaves. */
  around(answer: Fetch): Fetch
}

/**
 * Attempts for which there is no room are answered a moment later. Who tries again as soon as he is answered would otherwise take most of
 * the thread that answers everybody else, over a few dozen connections; so it is four attempts a second over each. The answer alone is
 * held, outside the application: a handler that waits keeps all that led to it, 25 kB against 9, and V8 makes old objects of what lives so
 * long.
 */
export function createHeldRefusals(clock: Pick<Clock, 'sleep'>): HeldRefusals {
  const refused = new WeakSet<object>()
  let held = 0

  async function hold(signal: AbortSignal): Promise<void> {
    held += 1
    await clock.sleep(HELD, signal)
    held -= 1
  }

  return {
    async attempt(connection, attempt) {
      try {
        return await attempt()
      } catch (error) {
        if (error instanceof AppError && REFUSALS.includes(error.code)) refused.add(connection)
        throw error
      }
    },
    around: (answer) => async (request, connection, execution) => {
      const response = await answer(request, connection, execution)
      if (connection && refused.has(connection) && held < MAX_HELD) await hold(request.signal)
      return response
    },
  }
}
