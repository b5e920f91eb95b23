import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import type { KeyEntry } from '@etcdmonitor/core/keys/key-entry'
import { afterKey, prefixRange } from '@etcdmonitor/core/keys/key-range'
import { type LevelNode, walkLevel } from '@etcdmonitor/core/keys/walk-level'
import { z } from '@hono/zod-openapi'
import type { ApiDeps, KvSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { buildTree } from '../../keys/build-tree.ts'
import { collectPage } from '../../keys/collect-page.ts'
import type { EpochBook } from '../../keys/data-epoch.ts'
import { type KeyNode, KeyNodeAnswer, nameOf, versionsOf } from '../../keys/key-node.ts'
import {
  checkTab,
  cursorShape,
  type Directory,
  EncodingQuery,
  flagQuery,
  keyShape,
  limitQuery,
  prefixShape,
  RevisionQuery,
  tabShape,
  toDirectory,
} from '../../keys/key-query.ts'
import { type KeyReading, openReading, readAgain } from '../../keys/key-reading.ts'
import { keyRules, REVISION_ERRORS } from '../../keys/key-routes.ts'
import { lookUpTtl } from '../../keys/lease-ttl.ts'
import { closePlace, type ListPlace, listOf, openPlace } from '../../keys/list-place.ts'
import { Reading, toReading } from '../../keys/reading-answer.ts'

type ListDeps = Pick<ApiDeps, 'etcd' | 'keys' | 'settings'>

/** `/api/kv/v3`: one level of a directory, and a subtree with values (api.md 6.4, 6.5). */
export function keyListRoutes({ etcd, keys, settings }: ListDeps, epochs: EpochBook) {
  const { kv } = settings
  const separator = toUtf8(kv.separator)
  const deadline = kv.requestTimeout

  const openIn = ({ prefix }: Directory, place: ListPlace, signal: AbortSignal) =>
    openReading({ etcd, deadline, signal, range: prefixRange(prefix), revision: place.revision })

  return createRouter()
    .openapi(childrenRoute(kv), async (c) => {
      const { tab_id, limit, cursor, revision, ...fields } = c.req.valid('query')
      checkTab(tab_id)
      const directory = toDirectory(fields, separator)
      const asked = {
        cursor,
        revision,
        list: listOf('children', directory.prefix),
        epoch: await epochs.known(),
      }
      const place = await openPlace(asked, keys)
      const { prefix } = directory
      const start = place.key && { key: place.key, done: place.done }
      const { level, entry, facts } = await readAgain(place.revision === undefined, async () => {
        const reading = await openIn(directory, place, c.var.signal)
        const { entry: own } = await readOwn(reading, directory, false)
        const walked = await walkLevel({ prefix, separator, limit, start, read: reading.read })
        return { level: walked, entry: own, facts: reading.facts() }
      })
      const next = level.next && { ...level.next, done: [...level.next.done], revision: facts.revision }
      const node = {
        ...nameOf(directory.shown),
        dir: true,
        ...(entry && versionsOf(entry, 'auto')),
        ...(level.count !== undefined && { count: level.count }),
        nodes: level.nodes.map(toLevelNode),
      }
      const written = await closePlace(next, asked, keys)
      return c.json({ node, ...toReading(facts), truncated: written !== null, cursor: written }, 200)
    })
    .openapi(getpathRoute(kv), async (c) => {
      const { tab_id, limit, cursor, revision, keys_only: isBare, encoding, ...fields } = c.req.valid('query')
      checkTab(tab_id)
      const directory = toDirectory(fields, separator)
      const list = listOf('getpath', directory.prefix, isBare, encoding)
      const asked = { cursor, revision, list, epoch: await epochs.known() }
      const place = await openPlace(asked, keys)
      const { page, entry, facts } = await readAgain(place.revision === undefined, async () => {
        const reading = await openIn(directory, place, c.var.signal)
        const { entry: own } = place.key ? { entry: undefined } : await readOwn(reading, directory, !isBare)
        const range = prefixRange(directory.prefix)
        const rest = place.key ? { from: place.key, to: range.to } : range
        const collected = await collectPage(reading.scan(rest, !isBare), limit)
        return { page: collected, entry: own, facts: reading.facts() }
      })
      const entries = [...(entry ? [entry] : []), ...page.entries]
      const options = { deadline, signal: c.var.signal }
      const ttl = isBare || place.revision !== undefined ? undefined : await lookUpTtl(etcd, entries, options)
      const describe = (one: KeyEntry) => versionsOf(one, encoding, ttl)
      const { nodes, isFolded } = buildTree(page.entries, { prefix: directory.prefix, separator }, describe)
      const next = page.next && { key: page.next, revision: facts.revision }
      const written = await closePlace(next, asked, keys)
      const node = { ...nameOf(directory.shown), dir: true, ...(entry && describe(entry)), nodes }
      return c.json(
        { node, ...toReading(facts), truncated: written !== null, cursor: written, folded: isFolded },
        200,
      )
    })
}

const listAnswer = {
  node: KeyNodeAnswer,
  ...Reading,
  truncated: z.boolean(),
  cursor: z.string().nullable().openapi({ description: 'of the next page; a string exactly when truncated' }),
}

const childrenRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/children',
    summary: 'One level of a directory',
    rules: keyRules(kv, 'result_too_large', ...REVISION_ERRORS),
    request: {
      query: z.strictObject({
        ...keyShape,
        ...prefixShape,
        limit: limitQuery(1_000, 500),
        ...cursorShape,
        revision: RevisionQuery,
        ...tabShape,
      }),
    },
    answer: z.object(listAnswer).openapi('KeyChildren'),
  })

const getpathRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/getpath',
    summary: 'A subtree with its values',
    rules: keyRules(kv, 'result_too_large', ...REVISION_ERRORS),
    request: {
      query: z.strictObject({
        ...keyShape,
        ...prefixShape,
        limit: limitQuery(50_000, 10_000),
        ...cursorShape,
        keys_only: flagQuery(),
        revision: RevisionQuery,
        encoding: EncodingQuery,
        ...tabShape,
      }),
    },
    answer: z.object({ ...listAnswer, folded: z.boolean() }).openapi('KeySubtree'),
  })

/** The key that the directory itself may be, where we may see it. */
async function readOwn(
  { scan, isVisible }: KeyReading,
  { id }: Directory,
  values: boolean,
): Promise<{ readonly entry?: KeyEntry }> {
  const range = { from: id, to: afterKey(id) }
  if (id.length === 0 || !isVisible(range)) return {}
  for await (const { entries } of scan(range, values)) {
    const [entry] = entries
    if (entry) return { entry }
  }
  return {}
}

const toLevelNode = ({ id, entry, count }: LevelNode): KeyNode => ({
  ...nameOf(id),
  dir: count !== undefined,
  ...(entry && versionsOf(entry, 'auto')),
  ...(count !== undefined && { count }),
})
