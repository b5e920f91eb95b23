import { z } from '@hono/zod-openapi'
import { item } from '../http/query-forms.ts'
import { MAX_KEY } from './key-query.ts'

const isPlain = (key: string): boolean => !key.split('/').some((part) => part === '.' || part === '..')

/** As etcd has it: with a slash in front, none at the end. */
const toV2Key = (key: string): string =>
  `/${key
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`

/** A text key. Parts that a URL would resolve are refused. */
export const V2Key = z
  .string()
  .refine(
    (key) => new TextEncoder().encode(key).length <= MAX_KEY,
    item('too_long', `longer than ${MAX_KEY} bytes`),
  )
  .refine(isPlain, item('invalid_format', 'a part of the key is . or ..'))
  .transform(toV2Key)
  .openapi({ type: 'string' })
