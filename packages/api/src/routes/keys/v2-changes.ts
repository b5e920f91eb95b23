import { AppError } from '@etcdmonitor/core/errors'
import type { EtcdV2, V2Put } from '@etcdmonitor/core/ports/etcd-v2'
import { z } from '@hono/zod-openapi'
import { audited, withRefusals } from '../../audit/audited.ts'
import type { ApiDeps, KvSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'
import { RevisionMember } from '../../keys/change-body.ts'
import { hashValue } from '../../keys/hash-value.ts'
import { checkTab, tabShape } from '../../keys/key-query.ts'
import { bodyLimit, changeRules } from '../../keys/key-routes.ts'
import { confirmCount } from '../../keys/removal-plan.ts'
import { V2Key } from '../../keys/v2-key.ts'
import { toV2Tree, V2KeyNodeAnswer } from '../../keys/v2-tree.ts'

const MAX_TTL = 9_000_000_000
const SAMPLE = 10

type V2Deps = Pick<ApiDeps, 'v2' | 'keys' | 'hmac' | 'settings'>

/** `/api/kv/v2`: changes by the v2 keys API (api.md 7). */
export function v2ChangeRoutes({ v2, keys, hmac, settings }: V2Deps) {
  const { kv } = settings
  const options = { deadline: kv.requestTimeout }

  return createRouter()
    .openapi(putRoute(kv), async (c) => {
      checkTab(c.req.valid('query').tab_id)
      const body = c.req.valid('json')
      const change = toChange(body, kv.maxValueBytes)
      const what = {
        operation: 'put' as const,
        target: body.key,
        params: {
          api: 'v2',
          ttl: body.ttl,
          dir: body.dir,
          mod_revision: body.mod_revision,
          ...(!change.dir && {
            value_bytes: new TextEncoder().encode(change.value).length,
            value_hmac: hashValue(new TextEncoder().encode(change.value), { keys, hmac }),
          }),
        },
      }
      const { node, created } = await audited(c, what, () =>
        change.dir || body.ttl !== undefined
          ? v2.put(body.key, change, options)
          : keepTtl(v2, body.key, change, options),
      )
      return c.json({ node: toV2Tree(node, true).node, created }, 200)
    })
    .openapi(deleteRoute(kv), async (c) => {
      checkTab(c.req.valid('query').tab_id)
      const body = c.req.valid('json')
      refuseConflicts(body)
      const { key, dir, mod_revision: ifIndex, expected_count: expected } = body
      const what = {
        operation: 'delete' as const,
        target: key,
        params: { api: 'v2', dir, expected_count: expected, mod_revision: ifIndex },
      }
      const found = await v2.get(key, { recursive: dir }, options)
      const names = found ? toV2Tree(found, false).keys : []
      if (body.dry_run) {
        const answer = { message: 'dry run' as const, dry_run: true as const, count: names.length }
        return c.json({ ...answer, sample: names.slice(0, SAMPLE) }, 200)
      }
      await withRefusals(c, what, async () => {
        if (!found) throw new AppError('key_not_found', 'the key does not exist')
        if (found.dir && !dir) throw new AppError('not_a_file', 'the key is a directory: delete it with dir')
        if (key === '/') throw new AppError('root_read_only', 'etcd keeps its v2 root')
        if (dir) confirmCount(names.length, { isRoot: false, expected })
      })
      const wasThere = await audited(c, what, async (note) => {
        const removed = await v2.remove(key, { recursive: dir, ifIndex }, options)
        note({ deleted: removed ? names.length : 0 })
        return removed
      })
      return c.json({ message: 'ok' as const, deleted: wasThere ? names.length : 0 }, 200)
    })
}

type FilePut = Extract<V2Put, { dir: false }>

/** A key that is there keeps the time it has left: read, then written on the index that was read; once more when it changed in between. */
async function keepTtl(
  v2: EtcdV2,
  key: string,
  change: FilePut,
  options: { readonly deadline: number },
): ReturnType<EtcdV2['put']> {
  const attempt = async () => {
    const found = await v2.get(key, { recursive: false }, options)
    const ifIndex = found && !found.dir ? String(found.modifiedIndex) : '0'
    const conditional = { ...change, ttlSeconds: found?.ttlSeconds, ifIndex: change.ifIndex ?? ifIndex }
    return v2.put(key, found?.dir ? change : conditional, options)
  }
  try {
    return await attempt()
  } catch (error) {
    const isRace = error instanceof AppError && error.code === 'revision_conflict'
    if (!isRace || change.ifIndex !== undefined) throw error
    return attempt()
  }
}

const PutBody = z.strictObject({
  key: V2Key,
  value: z.string().optional(),
  ttl: z
    .int()
    .min(0)
    .max(MAX_TTL)
    .optional()
    .openapi({ description: 'absent: what is left of the key; 0: permanent' }),
  dir: z.boolean().default(false),
  mod_revision: RevisionMember.optional(),
})

const putRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'put',
    path: '/put',
    summary: 'Writes a v2 key, or makes a directory',
    rules: {
      ...changeRules(kv, 'put', 'v2_unavailable', 'not_a_file', 'not_a_directory', 'root_read_only'),
      maxBody: bodyLimit(kv.maxValueBytes),
      missing: 'key is required',
    },
    request: { query: z.strictObject(tabShape), body: PutBody },
    answer: z.object({ node: V2KeyNodeAnswer, created: z.boolean() }).openapi('V2Put'),
  })

/** @throws AppError `validation_failed`, `payload_too_large` */
function toChange(body: z.output<typeof PutBody>, maxValueBytes: number): V2Put {
  const { key, value, ttl, dir, mod_revision: ifIndex } = body
  if (key === '/') throw invalidRequest([toItem('body', ['key'], 'not_allowed_value', 'the root is no key')])
  const ttlSeconds = ttl === 0 ? undefined : ttl
  if (dir) {
    if (value) throw invalidRequest([toItem('body', ['value'], 'not_together', 'a directory has no value')])
    return { dir, ttlSeconds }
  }
  if (value === undefined) throw invalidRequest([toItem('body', ['value'], 'required')], 'value is required')
  if (new TextEncoder().encode(value).length > maxValueBytes)
    throw new AppError('payload_too_large', `the value is larger than ${maxValueBytes} bytes`, {
      details: { limit: 'value', max_bytes: maxValueBytes },
    })
  return { dir, value, ttlSeconds, ifIndex }
}

const DeleteBody = z.strictObject({
  key: V2Key,
  dir: z.boolean().default(false),
  mod_revision: RevisionMember.optional(),
  expected_count: z.int().min(0).optional(),
  dry_run: z.boolean().default(false),
})

const deleteRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'post',
    path: '/delete',
    summary: 'Deletes a v2 key, or a directory',
    rules: {
      ...changeRules(
        kv,
        'delete',
        'v2_unavailable',
        'key_not_found',
        'not_a_file',
        'root_read_only',
        'confirmation_required',
        'result_too_large',
      ),
      missing: 'key is required',
    },
    request: { query: z.strictObject(tabShape), body: DeleteBody },
    answer: z
      .union([
        z.object({ message: z.literal('ok'), deleted: z.int() }),
        z.object({
          message: z.literal('dry run'),
          dry_run: z.literal(true),
          count: z.int(),
          sample: z.array(z.string()),
        }),
      ])
      .openapi('V2Delete'),
  })

function refuseConflicts({ dir, mod_revision, expected_count }: z.output<typeof DeleteBody>): void {
  if (dir && mod_revision !== undefined)
    throw invalidRequest([toItem('body', ['mod_revision'], 'not_together', 'of a key alone, not with dir')])
  if (!dir && expected_count !== undefined)
    throw invalidRequest([toItem('body', ['expected_count'], 'not_together', 'only with dir')])
}
