import { AppError } from '@etcdmonitor/core/errors'
import type { KeyEntry, KeyPage } from '@etcdmonitor/core/keys/key-entry'
import { afterKey } from '@etcdmonitor/core/keys/key-range'
import { z } from '@hono/zod-openapi'
import type { ApiDeps, KvSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { ConnectAnswer, toConnectAnswer } from '../../keys/connect-answer.ts'
import type { EpochBook } from '../../keys/data-epoch.ts'
import { KeyNodeAnswer, toExact, toKeyNode } from '../../keys/key-node.ts'
import { checkTab, EncodingQuery, keyShape, RevisionQuery, tabShape, toKey } from '../../keys/key-query.ts'
import { keyRules, REVISION_ERRORS } from '../../keys/key-routes.ts'
import { lookUpTtl } from '../../keys/lease-ttl.ts'

type KeyDeps = Pick<ApiDeps, 'etcd' | 'settings'>

/** `/api/kv/v3`: connection, separator, and single keys (api.md 6.2, 6.6). */
export function keysRoutes({ etcd, settings }: KeyDeps, epochs: EpochBook) {
  const { kv } = settings
  const deadline = kv.requestTimeout
  const connect = async (tab: string | undefined) => {
    checkTab(tab)
    const view = await etcd.view(CONNECT)
    return toConnectAnswer(view, await etcd.grants({ deadline }))
  }

  return createRouter()
    .openapi(connectRoute('get', kv), async (c) => c.json(await connect(c.req.valid('query').tab_id), 200))
    .openapi(connectRoute('post', kv), async (c) => c.json(await connect(c.req.valid('query').tab_id), 200))
    .openapi(separatorRoute(kv), (c) => {
      checkTab(c.req.valid('query').tab_id)
      return c.json({ separator: kv.separator }, 200)
    })
    .openapi(getRoute(kv), async (c) => {
      const { tab_id, revision, encoding, ...fields } = c.req.valid('query')
      checkTab(tab_id)
      const key = toKey(fields, 'query')
      const options = { deadline, signal: c.var.signal }
      const { entry, page } = await readKey(() =>
        etcd.range(
          { from: key, to: afterKey(key), limit: 1, values: true, revision, serializable: false },
          options,
        ),
      )
      const ttl = revision === undefined ? await lookUpTtl(etcd, [entry], options) : undefined
      const { since } = await epochs.known()
      c.header('x-value-bytes', String(entry.value?.length ?? 0))
      return c.json(
        {
          node: toKeyNode(entry, encoding, ttl),
          revision: toExact(revision ?? page.revision),
          data_since: since,
        },
        200,
      )
    })
}

/** A view of this age shows what connecting anew would; a first one is waited for. */
const CONNECT = { maxAge: 1_000, rest: 1_000, wait: 5_000 }

const connectRoute = <const Method extends 'get' | 'post'>(method: Method, kv: KvSettings) =>
  defineRoute({
    method,
    path: '/connect',
    summary: 'How the keys of the cluster are reached, and what may be done with them',
    rules: keyRules(kv, 'member_unreachable'),
    request: { query: z.strictObject(tabShape) },
    answer: ConnectAnswer,
  })

const separatorRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/separator',
    summary: 'What parts a key into directories',
    rules: { ...keyRules(kv), errors: ['tab_not_found'] },
    request: { query: z.strictObject(tabShape) },
    answer: z.object({ separator: z.string() }).openapi('KeySeparator'),
  })

const getRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/get',
    summary: 'One key with its value',
    rules: { ...keyRules(kv, 'key_not_found', ...REVISION_ERRORS), missing: 'key is required' },
    request: {
      query: z.strictObject({ ...keyShape, revision: RevisionQuery, encoding: EncodingQuery, ...tabShape }),
    },
    answer: z
      .object({
        node: KeyNodeAnswer,
        revision: z.int(),
        data_since: z
          .int()
          .openapi({ description: 'when the data was last wiped or restored, Unix s; 0 = no reset seen' }),
      })
      .openapi('KeyAnswer'),
  })

async function readKey(
  read: () => Promise<KeyPage>,
): Promise<{ readonly entry: KeyEntry; readonly page: KeyPage }> {
  const page = await read()
  const [entry] = page.entries
  if (!entry) throw new AppError('key_not_found', 'the key does not exist')
  return { entry, page }
}
