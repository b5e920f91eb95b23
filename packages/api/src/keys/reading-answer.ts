import { z } from '@hono/zod-openapi'
import { toExact } from './key-node.ts'
import type { KeyReading } from './key-reading.ts'

/** What every list says of how it was read. */
export const Reading = {
  revision: z.int(),
  member_id: z.string().openapi({ description: 'that answered last' }),
  limited: z
    .literal(true)
    .optional()
    .openapi({ description: 'our etcd user may read only some ranges: this is what lies in them' }),
}

export const toReading = ({ revision, memberId, isLimited }: ReturnType<KeyReading['facts']>) => ({
  revision: toExact(revision),
  member_id: memberId,
  ...(isLimited && { limited: true as const }),
})
