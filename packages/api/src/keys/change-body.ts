import { AppError } from '@etcdmonitor/core/errors'
import { fromBase64 } from '@etcdmonitor/core/keys/base64'
import { z } from '@hono/zod-openapi'
import { item } from '../http/query-forms.ts'
import type { EpochBook } from './data-epoch.ts'
import { toExact } from './key-node.ts'

const isRevision = (value: string | number): boolean =>
  /^(0|[1-9][0-9]*)$/.test(String(value)) && Number.isSafeInteger(Number(value))

/** A mod revision as a number or as decimal text. */
export const RevisionMember = z
  .union([z.number(), z.string()])
  .refine(isRevision, item('out_of_range', 'no revision below 2^53'))
  .transform(String)
  .openapi({ type: 'integer', description: "the key's modifiedIndex; 0 = the key must not exist" })

/** Bytes in the body of a request. */
export const Base64Member = z
  .string()
  .transform((text, context) => {
    const bytes = fromBase64(text)
    if (bytes) return bytes
    context.addIssue({
      code: 'custom',
      message: 'no standard base64 with padding',
      params: { item: 'invalid_base64' },
    })
    return z.NEVER
  })
  .openapi({ type: 'string', format: 'byte' })

export const dataSinceShape = {
  data_since: z
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'as an answer said it: other data is a conflict, whatever its revision' }),
}

/** @throws AppError `revision_conflict` when other data lies in the cluster than the caller has seen */
export async function checkData(seen: number | undefined, epochs: EpochBook): Promise<void> {
  if (seen === undefined || (await epochs.read()).since === seen) return
  throw new AppError('revision_conflict', 'the data of the cluster was wiped or restored since it was read')
}

/** What `change` gives; its conflict names the revision as a number. */
export async function withExactConflict<T>(change: () => Promise<T>): Promise<T> {
  try {
    return await change()
  } catch (error) {
    if (!(error instanceof AppError) || typeof error.details.current_revision !== 'string') throw error
    const details = { ...error.details, current_revision: toExact(error.details.current_revision) }
    throw new AppError(error.code, error.message, { cause: error, details })
  }
}
