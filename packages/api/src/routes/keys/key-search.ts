import type { KeyEntry } from '@etcdmonitor/core/keys/key-entry'
import { afterKey, intersect, prefixRange } from '@etcdmonitor/core/keys/key-range'
import { createMatcher } from '@etcdmonitor/core/keys/match-bytes'
import { z } from '@hono/zod-openapi'
import type { ApiDeps, KvSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { invalidRequest, toItem } from '../../http/validation-items.ts'
import type { EpochBook } from '../../keys/data-epoch.ts'
import { KeyNodeAnswer, nameOf, toKeyNode } from '../../keys/key-node.ts'
import {
  Base64Text,
  checkLength,
  checkTab,
  cursorShape,
  limitQuery,
  prefixShape,
  RevisionQuery,
  tabShape,
  toBytes,
} from '../../keys/key-query.ts'
import { openReading, readAgain } from '../../keys/key-reading.ts'
import { keyRules, REVISION_ERRORS } from '../../keys/key-routes.ts'
import { closePlace, listOf, openPlace } from '../../keys/list-place.ts'
import { createListingSlots } from '../../keys/listing-slots.ts'
import { Reading, toReading } from '../../keys/reading-answer.ts'
import { searchKeys } from '../../keys/search-keys.ts'

/** Bytes that are searched for at most. */
const MAX_PART = 256
const MAX_SEARCHES = 2

/** `/api/kv/v3/search`: keys in byte order, or those that hold something, in bounded pieces (api.md 6.9). */
export function keySearchRoutes(
  { etcd, keys, clock, settings }: Pick<ApiDeps, 'etcd' | 'keys' | 'clock' | 'settings'>,
  epochs: EpochBook,
) {
  const { kv } = settings
  const slots = createListingSlots(MAX_SEARCHES, 'searches')
  return createRouter().openapi(searchRoute(kv), async (c) => {
    const query = c.req.valid('query')
    checkTab(query.tab_id)
    const { range, from, part, cased, list } = toSearch(query)
    const inValues = query.in === 'value'
    const matches = part && createMatcher(part, cased)
    const asked = { cursor: query.cursor, revision: query.revision, list, epoch: await epochs.known() }
    const place = await openPlace(asked, keys)
    const free = slots.take()
    try {
      const begun = clock.monotonic()
      const { found, scope, facts } = await readAgain(place.revision === undefined, async () => {
        const options = { etcd, deadline: kv.requestTimeout, signal: c.var.signal, range }
        const reading = await openReading({ ...options, revision: place.revision })
        const counted = place.scope ?? (await reading.read(range, 0)).count
        const begin = place.key ? afterKey(place.key) : from
        const rest = begin && intersect(range, { from: begin, to: new Uint8Array() })
        const scanned = await searchKeys({
          scan: begin && !rest ? nothing() : reading.scan(rest ?? range, inValues),
          matches: (entry) => !matches || matches(inValues ? (entry.value ?? entry.key) : entry.key),
          limit: query.limit,
          elapsed: () => clock.monotonic() - begun,
        })
        return { found: scanned, scope: counted, facts: reading.facts() }
      })
      const { lastKey } = found
      const next = !found.isComplete && lastKey && { key: lastKey, revision: facts.revision, scope }
      const last = lastKey && nameOf(lastKey)
      return c.json(
        {
          items: found.items.map((entry: KeyEntry) => toKeyNode(entry, 'auto')),
          ...toReading(facts),
          scanned: found.scanned,
          in_scope: scope,
          ...(last && {
            last_key: last.key,
            ...(last.key_b64 !== undefined && { last_key_b64: last.key_b64 }),
          }),
          complete: found.isComplete,
          cursor: await closePlace(next || undefined, asked, keys),
        },
        200,
      )
    } finally {
      free()
    }
  })
}

async function* nothing() {}

const Query = z.strictObject({
  ...prefixShape,
  q: z.string().optional().openapi({ description: 'what keys or values hold; absent: every key' }),
  q_b64: Base64Text.optional(),
  in: z.enum(['key', 'value']).default('key'),
  case: z
    .enum(['ignore', 'match'])
    .optional()
    .openapi({ description: 'of ASCII letters; with q_b64: match' }),
  from: z.string().optional().openapi({ description: 'begin at this key; not with cursor' }),
  from_b64: Base64Text.optional(),
  limit: limitQuery(1_000, 200),
  ...cursorShape,
  revision: RevisionQuery,
  ...tabShape,
})

const searchRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/search',
    summary: 'Keys in byte order, or those that hold something, in pieces',
    rules: keyRules(kv, 'overloaded', ...REVISION_ERRORS),
    request: { query: Query },
    answer: z
      .object({
        items: z.array(KeyNodeAnswer),
        ...Reading,
        scanned: z.int().openapi({ description: 'keys that this request looked at' }),
        in_scope: z.int().openapi({ description: 'keys below the prefix' }),
        last_key: z.string().optional().openapi({ description: 'the last key that was looked at' }),
        last_key_b64: z.string().optional(),
        complete: z.boolean(),
        cursor: z.string().nullable(),
      })
      .openapi('KeySearch'),
  })

/** @throws AppError `validation_failed` */
function toSearch(query: z.output<typeof Query>) {
  const prefix = toBytes({ name: 'prefix', text: query.prefix, base64: query.prefix_b64 }, 'query')
  const from = toBytes({ name: 'from', text: query.from, base64: query.from_b64 }, 'query')
  const part = toBytes({ name: 'q', text: query.q, base64: query.q_b64 }, 'query')
  if (part && part.length > MAX_PART)
    throw invalidRequest([toItem('query', ['q'], 'too_long', `longer than ${MAX_PART} bytes`)])
  if (query.q_b64 !== undefined && query.case === 'ignore')
    throw invalidRequest([toItem('query', ['case'], 'not_together', 'bytes have no case: match with q_b64')])
  if (from && query.cursor !== undefined) throw invalidRequest([toItem('query', ['from'], 'not_together')])
  const cased = query.case ?? (query.q_b64 === undefined ? ('ignore' as const) : ('match' as const))
  const scope = checkLength(prefix ?? new Uint8Array(), 'prefix', 'query')
  return {
    range: prefixRange(scope),
    from,
    part,
    cased,
    list: listOf('search', scope, part, cased, query.in),
  }
}
