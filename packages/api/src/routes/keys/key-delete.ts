import { AppError } from '@etcdmonitor/core/errors'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { showBytes } from '@etcdmonitor/core/keys/show-key'
import type { RemoveChange } from '@etcdmonitor/core/ports/etcd-keys'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { audited, withRefusals } from '../../audit/audited.ts'
import type { ApiDeps, KvSettings } from '../../deps.ts'
import type { ApiEnv } from '../../http/api-env.ts'
import { defineRoute } from '../../http/define-route.ts'
import { item } from '../../http/query-forms.ts'
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
import { toExact } from '../../keys/key-node.ts'
import { checkLength, checkTab, tabShape, toKeyDirectory, toPrefixDirectory } from '../../keys/key-query.ts'
import { changeRules } from '../../keys/key-routes.ts'
import {
  confirm,
  countKeys,
  firstPart,
  MAX_REMOVED,
  type Removable,
  toRanges,
  unconfirmed,
} from '../../keys/removal-plan.ts'

const SAMPLE = 10

/** `POST /api/kv/v3/delete` (api.md 6.8). */
export function keyDeleteRoutes({ etcd, settings }: Pick<ApiDeps, 'etcd' | 'settings'>, epochs: EpochBook) {
  const { kv } = settings
  const separator = toUtf8(kv.separator)
  const deadline = kv.requestTimeout

  async function dryRun({ ranges, count, revision }: Removable) {
    const sample: string[] = []
    for (const range of ranges) {
      const limit = SAMPLE - sample.length
      if (limit === 0) break
      const page = await etcd.range(
        { ...range, limit, values: false, revision, serializable: false },
        { deadline },
      )
      sample.push(...page.entries.map(({ key }) => showBytes(key)))
    }
    return { message: 'dry run' as const, dry_run: true as const, count, sample, revision: toExact(revision) }
  }

  /** Not taken back by a client that leaves. */
  async function remove(c: Context<ApiEnv>, what: Act, change: RemoveChange) {
    const { cluster } = await epochs.known()
    const { deleted, revision } = await withExactConflict(() =>
      audited(c, { ...what, clusterId: cluster }, async (note) => {
        const done = await etcd.remove(change, { deadline })
        note({ deleted: done.deleted, revision: done.revision })
        return done
      }),
    )
    return { message: 'ok' as const, deleted, revision: toExact(revision) }
  }

  async function removeDirectory(c: Context<ApiEnv>, { what, target, body }: Asked) {
    const counted = await countKeys(etcd, toRanges(target.directory, !target.isPrefix), deadline)
    if (body.dry_run) return dryRun(counted)
    const { expected_count: expected, limit } = body
    await withRefusals(c, what, async () => {
      await checkData(body.data_since, epochs)
      confirm(counted, { isRoot: target.directory.prefix.length === 0, expected, limit })
    })
    const ranges = limit === undefined ? counted.ranges : await firstPart(etcd, counted, { limit, deadline })
    try {
      const answer = await remove(c, what, { ranges, ifUnchangedSince: counted.revision })
      return limit === undefined ? answer : { ...answer, remaining: counted.count - answer.deleted }
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'revision_conflict') throw error
      throw unconfirmed((await countKeys(etcd, counted.ranges, deadline)).count, expected)
    }
  }

  async function removeKey(c: Context<ApiEnv>, { what, target: { key }, body }: Asked) {
    const range = { from: key, to: afterKey(key) }
    if (body.dry_run) return dryRun(await countKeys(etcd, [range], deadline))
    await withRefusals(c, what, () => checkData(body.data_since, epochs))
    return remove(c, what, { ranges: [range], ifModRevision: body.mod_revision })
  }

  return createRouter().openapi(deleteRoute(kv), async (c) => {
    checkTab(c.req.valid('query').tab_id)
    const body = c.req.valid('json')
    const target = toTarget(body, separator)
    const { dir, expected_count, limit, mod_revision } = body
    const params = { dir, expected_count, limit, mod_revision, ...(target.isPrefix && { prefix: true }) }
    const what: Act = { operation: 'delete', target: showBytes(target.key), params }
    return c.json(await (dir ? removeDirectory : removeKey)(c, { what, target, body }), 200)
  })
}

interface Act {
  readonly operation: 'delete'
  readonly target: string
  readonly params: Readonly<Record<string, unknown>>
}

interface Target {
  /** As it was sent: a key, or a prefix. */
  readonly key: Uint8Array
  readonly isPrefix: boolean
  readonly directory: ReturnType<typeof toKeyDirectory>
}

interface Asked {
  readonly what: Act
  readonly target: Target
  readonly body: DeleteBody
}

const DeleteBody = z.strictObject({
  key: z.string().optional(),
  key_b64: Base64Member.optional(),
  prefix: z
    .string()
    .optional()
    .openapi({ description: 'with dir: all that begins with it, and nothing else' }),
  prefix_b64: Base64Member.optional(),
  dir: z.boolean().default(false).openapi({ description: 'the key and everything below it' }),
  mod_revision: RevisionMember.refine(
    (revision) => revision !== '0',
    item('out_of_range', '0 is no key'),
  ).optional(),
  expected_count: z
    .int()
    .min(0)
    .optional()
    .openapi({ description: 'with dir: keys that the caller agreed to delete' }),
  limit: z
    .int()
    .min(1)
    .max(MAX_REMOVED)
    .optional()
    .openapi({ description: 'with dir: only so many, the first in byte order' }),
  ...dataSinceShape,
  dry_run: z.boolean().default(false),
})
type DeleteBody = z.output<typeof DeleteBody>

const deleteRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'post',
    path: '/delete',
    summary: 'Deletes a key, or a directory, in one transaction',
    rules: changeRules(kv, 'delete', 'confirmation_required', 'too_many_keys'),
    request: { query: z.strictObject(tabShape), body: DeleteBody },
    answer: z
      .union([
        z.object({
          message: z.literal('ok'),
          deleted: z.int(),
          revision: z.int(),
          remaining: z
            .int()
            .optional()
            .openapi({ description: 'with limit: expected_count of the next call' }),
        }),
        z.object({
          message: z.literal('dry run'),
          dry_run: z.literal(true),
          count: z.int(),
          sample: z.array(z.string()).openapi({ description: 'the first 10 keys' }),
          revision: z.int(),
        }),
      ])
      .openapi('KeyDelete'),
  })

/** @throws AppError `validation_failed` */
function toTarget(body: DeleteBody, separator: Uint8Array): Target {
  refuseConflicts(body)
  const prefix = body.prefix === undefined ? body.prefix_b64 : toUtf8(body.prefix)
  if (prefix) {
    const directory = toPrefixDirectory(checkLength(prefix, 'prefix', 'body'), separator, 'body')
    return { key: prefix, isPrefix: true, directory }
  }
  const key = (body.key === undefined ? body.key_b64 : toUtf8(body.key)) ?? new Uint8Array()
  if (key.length === 0) throw invalidRequest([toItem('body', ['key'], 'required')], 'key is required')
  return { key: checkLength(key, 'key', 'body'), isPrefix: false, directory: toKeyDirectory(key, separator) }
}

function refuseConflicts(body: DeleteBody): void {
  const given = [body.key, body.key_b64, body.prefix, body.prefix_b64].filter((one) => one !== undefined)
  if (given.length > 1) throw invalidRequest([toItem('body', ['key'], 'exactly_one_of')])
  const withoutDir = ['prefix', 'prefix_b64', 'expected_count', 'limit'] as const
  const wrong = body.dir ? ['mod_revision' as const] : withoutDir
  const found = wrong.filter((name) => body[name] !== undefined)
  if (found.length > 0)
    throw invalidRequest(found.map((name) => toItem('body', [name], 'not_together', NOT_TOGETHER[name])))
}

const NOT_TOGETHER = {
  mod_revision: 'of a single key alone, not with dir',
  prefix: 'only with dir',
  prefix_b64: 'only with dir',
  expected_count: 'only with dir',
  limit: 'only with dir',
}
