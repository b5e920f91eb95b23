import { z } from '@hono/zod-openapi'

/** How a store is: it answers; late, or its last write failed; not at all. */
export const StoreState = z.enum(['ok', 'degraded', 'unavailable'])
