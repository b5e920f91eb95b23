import { AppError } from '@etcdmonitor/core/errors'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { showBytes } from '@etcdmonitor/core/keys/show-key'
import type { LeaseChoice, PutResult } from '@etcdmonitor/core/ports/etcd-keys'
import { z } from '@hono/zod-openapi'
import { audited, withRefusals } from '../../audit/audited.ts'
import type { ApiDeps, KvSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'
import {
  Base64Member,
  checkData,
  dataSinceShape,
  RevisionMember,
  withExactConflict,
} from '../../keys/change-body.ts'
import type { EpochBook } from '../../keys/data-epoch.ts'
import { hashValue } from '../../keys/hash-value.ts'
import { KeyNodeAnswer, toExact, toKeyNode } from '../../keys/key-node.ts'
import { checkLength, checkTab, tabShape } from '../../keys/key-query.ts'
import { bodyLimit, changeRules } from '../../keys/key-routes.ts'
import { lookUpTtl } from '../../keys/lease-ttl.ts'

/** etcd takes no longer lease. */
const MAX_TTL = 9_000_000_000
/** An answer waits no longer for the seconds that a lease has left, ms. */
const TTL_PATIENCE = 2_000

/** `PUT /api/kv/v3/put` (api.md 6.7). */
export function keyPutRoutes(
  { etcd, keys, hmac, settings }: Pick<ApiDeps, 'etcd' | 'keys' | 'hmac' | 'settings'>,
  epochs: EpochBook,
) {
  const { kv } = settings

  const ttlOf = ({ entry, grantedSeconds }: PutResult) => {
    if (entry.leaseId !== undefined && grantedSeconds !== undefined)
      return new Map([[entry.leaseId, grantedSeconds]])
    return lookUpTtl(etcd, [entry], { deadline: Math.min(TTL_PATIENCE, kv.requestTimeout) })
  }

  return createRouter().openapi(putRoute(kv), async (c) => {
    checkTab(c.req.valid('query').tab_id)
    const body = c.req.valid('json')
    const { key, value } = toKeyAndValue(body, kv.maxValueBytes)
    const { ttl, mod_revision: ifModRevision, data_since: seen } = body
    const what = {
      operation: 'put' as const,
      target: showBytes(key),
      params: {
        ttl,
        mod_revision: ifModRevision,
        value_bytes: value.length,
        value_hmac: hashValue(value, { keys, hmac }),
      },
    }
    await withRefusals(c, what, () => checkData(seen, epochs))
    const { cluster, since } = await epochs.known()
    const change = { key, value, lease: toLease(ttl), ifModRevision }
    // without the signal of the request: what is sent is not taken back by a client that leaves
    const result = await withExactConflict(() =>
      audited(c, { ...what, clusterId: cluster }, async (note) => {
        const done = await etcd.put(change, { deadline: kv.requestTimeout })
        note({ revision: done.revision, created: done.created })
        return done
      }),
    )
    return c.json(
      {
        node: toKeyNode(result.entry, 'auto', await ttlOf(result)),
        revision: toExact(result.revision),
        created: result.created,
        data_since: since,
        ...(result.grantedSeconds !== undefined && { granted_ttl: result.grantedSeconds }),
      },
      200,
    )
  })
}

const PutBody = z.strictObject({
  key: z.string().optional(),
  key_b64: Base64Member.optional(),
  value: z.string().optional(),
  value_b64: Base64Member.optional(),
  ttl: z.int().min(0).max(MAX_TTL).optional().openapi({
    description: 'absent: the key keeps its lease; 0: none; else a new lease of so many seconds',
  }),
  mod_revision: RevisionMember.optional(),
  ...dataSinceShape,
  dir: z.boolean().optional().openapi({ description: 'without effect: v3 has no directories' }),
})
type PutBody = z.output<typeof PutBody>

const putRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'put',
    path: '/put',
    summary: 'Writes a key, in one transaction',
    rules: { ...changeRules(kv, 'put'), maxBody: bodyLimit(kv.maxValueBytes) },
    request: { query: z.strictObject(tabShape), body: PutBody },
    answer: z
      .object({
        node: KeyNodeAnswer,
        revision: z.int(),
        created: z.boolean(),
        data_since: z.int(),
        granted_ttl: z
          .int()
          .optional()
          .openapi({ description: 'of a new lease: etcd may grant more than was asked for' }),
      })
      .openapi('KeyPut'),
  })

/** @throws AppError `validation_failed`, `payload_too_large` */
function toKeyAndValue(
  body: PutBody,
  maxValueBytes: number,
): { readonly key: Uint8Array; readonly value: Uint8Array } {
  const key = oneOf('key', body.key, body.key_b64)
  if (!key || key.length === 0) throw invalidRequest([toItem('body', ['key'], 'required')], 'key is required')
  const value = oneOf('value', body.value, body.value_b64)
  if (!value) throw invalidRequest([toItem('body', ['value'], 'required')], 'value is required')
  if (value.length > maxValueBytes)
    throw new AppError('payload_too_large', `the value is larger than ${maxValueBytes} bytes`, {
      details: { limit: 'value', max_bytes: maxValueBytes },
    })
  return { key: checkLength(key, 'key', 'body'), value }
}

function oneOf(
  name: string,
  text: string | undefined,
  bytes: Uint8Array | undefined,
): Uint8Array | undefined {
  if (text !== undefined && bytes) throw invalidRequest([toItem('body', [name], 'exactly_one_of')])
  return text === undefined ? bytes : toUtf8(text)
}

function toLease(ttl: number | undefined): LeaseChoice {
  if (ttl === undefined) return 'keep'
  return ttl === 0 ? 'none' : { grantSeconds: ttl }
}
