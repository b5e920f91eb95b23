import { AppError } from '@etcdmonitor/core/errors'
import { toBase64 } from '@etcdmonitor/core/keys/base64'
import type { KeyEntry, LeaseId } from '@etcdmonitor/core/keys/key-entry'
import { showBytes, toText } from '@etcdmonitor/core/keys/show-key'
import { z } from '@hono/zod-openapi'

export type Encoding = 'auto' | 'base64'

/** A key, a directory, or both (api.md 6.1). */
export interface KeyNode {
  readonly key: string
  readonly key_b64?: string | undefined
  readonly dir: boolean
  readonly createdIndex?: number | undefined
  readonly modifiedIndex?: number | undefined
  readonly version?: number | undefined
  readonly lease_id?: string | undefined
  readonly ttl?: number | undefined
  readonly encoding?: 'utf8' | 'base64' | undefined
  readonly value?: string | undefined
  readonly value_b64?: string | undefined
  readonly count?: number | undefined
  readonly nodes?: readonly KeyNode[] | undefined
}

const nodeShape = {
  key: z.string().openapi({ description: 'bytes that are no UTF-8 as \\xHH; key_b64 is the key then' }),
  key_b64: z.string().optional(),
  dir: z.boolean(),
  createdIndex: z
    .int()
    .optional()
    .openapi({ description: 'with modifiedIndex and version: the node is a key' }),
  modifiedIndex: z.int().optional(),
  version: z.int().optional(),
  lease_id: z.string().optional(),
  ttl: z.int().optional().openapi({ description: 'seconds left; 0 = waiting to be removed' }),
  encoding: z.enum(['utf8', 'base64']).optional(),
  value: z.string().optional(),
  value_b64: z.string().optional(),
  count: z.int().optional().openapi({ description: 'keys below a directory' }),
}

export const KeyNodeAnswer: z.ZodType<KeyNode> = z
  .object({
    ...nodeShape,
    get nodes(): z.ZodOptional<z.ZodReadonly<z.ZodArray<z.ZodType<KeyNode>>>> {
      return z.array(KeyNodeAnswer).readonly().optional()
    },
  })
  .openapi('KeyNode')

/** `key`, and its bytes where it does not tell them. */
export function nameOf(id: Uint8Array): Pick<KeyNode, 'key' | 'key_b64'> {
  const text = toText(id)
  return text === undefined ? { key: showBytes(id), key_b64: toBase64(id) } : { key: text }
}

function showValue(value: Uint8Array, encoding: Encoding): Pick<KeyNode, 'encoding' | 'value' | 'value_b64'> {
  const text = encoding === 'auto' ? toText(value) : undefined
  if (text === undefined) return { encoding: 'base64', value_b64: toBase64(value) }
  return { encoding: 'utf8', value: text }
}

/** What makes a node a key. */
export function versionsOf(
  { createRevision, modRevision, keyVersion, leaseId, value }: KeyEntry,
  encoding: Encoding,
  ttl?: ReadonlyMap<LeaseId, number>,
): Omit<KeyNode, 'key' | 'key_b64' | 'dir'> {
  const seconds = leaseId === undefined ? undefined : ttl?.get(leaseId)
  return {
    createdIndex: toExact(createRevision),
    modifiedIndex: toExact(modRevision),
    version: toExact(keyVersion),
    ...(leaseId !== undefined && { lease_id: leaseId }),
    ...(seconds !== undefined && { ttl: seconds }),
    ...(value && showValue(value, encoding)),
  }
}

export const toKeyNode = (
  entry: KeyEntry,
  encoding: Encoding,
  ttl?: ReadonlyMap<LeaseId, number>,
): KeyNode => ({ ...nameOf(entry.key), dir: false, ...versionsOf(entry, encoding, ttl) })

/** @throws AppError `internal` for what a JSON number would round */
export function toExact(revision: string): number {
  const number = Number(revision)
  if (!Number.isSafeInteger(number)) throw new AppError('internal', `revision ${revision} is beyond 2^53`)
  return number
}
