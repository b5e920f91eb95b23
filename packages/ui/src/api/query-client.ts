import { QueryClient } from '@tanstack/solid-query'
import { isProblem } from './client.ts'

const RETRY_DELAYS = [1_000, 3_000]
const UNUSED_AFTER = 60_000

/** Reads are tried twice more when nobody answered, or who did could not at the moment; refusals never (ui.md 18.2). */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (failures, error) => failures < RETRY_DELAYS.length && mayPass(error),
        retryDelay: (failures, error) => retryAfter(error) ?? RETRY_DELAYS[failures] ?? 3_000,
        gcTime: UNUSED_AFTER,
        refetchOnReconnect: true,
      },
    },
  })
}

/** It is worth another try. */
export const mayPass = (error: unknown): boolean =>
  isProblem(error) && (error.code === 'network' || error.fields.status === 503 || error.fields.status === 504)

function retryAfter(error: unknown): number | undefined {
  const seconds = isProblem(error) ? error.fields.retryAfter : undefined
  return seconds === undefined ? undefined : seconds * 1_000
}
