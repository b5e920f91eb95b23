import type { Revision } from '@etcdmonitor/core/etcd/member'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { z } from '@hono/zod-openapi'
import type { TypedResponse } from 'hono'
import type { ApiDeps, KvSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { beginNow, type DownloadDeps, toBody } from '../../http/download.ts'
import { item, WholeNumber } from '../../http/query-forms.ts'
import { createRouter } from '../../http/router.ts'
import type { DataEpoch, EpochBook } from '../../keys/data-epoch.ts'
import { KeyNodeAnswer } from '../../keys/key-node.ts'
import { checkTab, RevisionQuery, tabShape } from '../../keys/key-query.ts'
import { openReading } from '../../keys/key-reading.ts'
import { keyRules, REVISION_ERRORS } from '../../keys/key-routes.ts'
import { listOf } from '../../keys/list-place.ts'
import { createListingSlots } from '../../keys/listing-slots.ts'
import { Reading, toReading } from '../../keys/reading-answer.ts'
import { writeTreeText } from '../../keys/stream-tree.ts'
import { matchesTag, weakTag } from '../../range/weak-tag.ts'

const MAX_LISTINGS = 2
const WHOLE = { from: new Uint8Array(), to: new Uint8Array() }

/** `/api/kv/v3/keys`: the whole tree as one stream, keys only (api.md 6.3). */
export function keyTreeRoutes(deps: Pick<ApiDeps, 'etcd' | 'settings'> & DownloadDeps, epochs: EpochBook) {
  const { etcd, settings } = deps
  const { kv } = settings
  const separator = toUtf8(kv.separator)
  const slots = createListingSlots(MAX_LISTINGS, 'full listings')
  const tagOf = ({ cluster, since }: DataEpoch, revision: Revision, maxKeys: number) =>
    weakTag(listOf('keys', cluster, String(since), revision, String(maxKeys), kv.separator))

  /** One cheap read of a key that we may read. */
  async function readRevision(signal: AbortSignal): Promise<Revision> {
    const deadline = kv.requestTimeout
    const from = (await etcd.grants({ deadline }))?.read[0]?.from ?? Uint8Array.of(0)
    const query = { from, to: afterKey(from), limit: 0, values: false, serializable: true }
    return (await etcd.range(query, { deadline, signal })).revision
  }

  return createRouter().openapi(keysRoute(kv), async (c) => {
    const { tab_id, max_keys: maxKeys, revision } = c.req.valid('query')
    checkTab(tab_id)
    const epoch = await epochs.known()
    const known = c.req.header('if-none-match')
    const toTag = (at: Revision) => tagOf(epoch, at, maxKeys)
    c.header('cache-control', 'private, no-cache')
    c.header('vary', 'accept-encoding')
    if (known !== undefined && revision === undefined) {
      const tag = toTag(await readRevision(c.var.signal))
      c.header('etag', tag)
      if (matchesTag(known, tag)) return c.body(null, 304)
    }
    const free = slots.take()
    const over = new AbortController()
    over.signal.addEventListener('abort', free, { once: true })
    try {
      const signal = AbortSignal.any([c.var.signal, over.signal])
      const options = { etcd, deadline: kv.requestTimeout, signal, range: WHOLE, revision }
      const reading = await openReading(options)
      const batches = await beginNow(reading.scan(WHOLE, false))
      const tag = toTag(reading.facts().revision)
      const pieces = writeTreeText(batches, {
        separator,
        maxKeys,
        tail: ({ count, truncated, folded }) => ({ ...toReading(reading.facts()), count, truncated, folded }),
      })
      c.header('etag', tag)
      c.header('x-accel-buffering', 'no')
      c.header('content-type', 'application/json; charset=utf-8')
      const isHead = c.req.raw.method === 'HEAD' // whose headers are those of GET
      if (isHead) over.abort()
      const answer: unknown = isHead
        ? c.body(null, 200)
        : c.body(toBody(deps, { pieces, caller: c.var, over }), 200)
      return answer as Response & TypedResponse<KeyTree, 200, 'json'> // what the pieces make
    } catch (error) {
      over.abort()
      throw error
    }
  })
}

const KeyTree = z
  .object({
    node: KeyNodeAnswer,
    ...Reading,
    count: z.int().openapi({ description: 'keys in the answer' }),
    truncated: z.boolean().openapi({ description: 'there are more than max_keys' }),
    folded: z.boolean().openapi({ description: 'keys deeper than 256 levels hang whole in the last one' }),
  })
  .openapi('KeyTree')
type KeyTree = z.output<typeof KeyTree>

const keysRoute = ({ maxKeys, ...kv }: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/keys',
    summary: 'The whole tree, keys only, as one stream',
    rules: keyRules(kv, 'overloaded', ...REVISION_ERRORS),
    request: {
      query: z.strictObject({
        max_keys: WholeNumber.refine(
          (number) => number >= 1 && number <= maxKeys,
          item('out_of_range', `not from 1 to ${maxKeys}`),
        )
          .default(maxKeys)
          .openapi({ type: 'integer', description: 'at most kv_manager.max_keys' }),
        revision: RevisionQuery,
        ...tabShape,
      }),
    },
    answer: KeyTree,
    others: { 304: null },
  })
