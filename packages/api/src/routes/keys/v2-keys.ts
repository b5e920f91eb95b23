import { AppError } from '@etcdmonitor/core/errors'
import { z } from '@hono/zod-openapi'
import type { ApiDeps, KvSettings } from '../../deps.ts'
import { defineRoute } from '../../http/define-route.ts'
import { createRouter } from '../../http/router.ts'
import { ConnectAnswer, toConnectAnswer } from '../../keys/connect-answer.ts'
import { checkTab, flagQuery, tabShape } from '../../keys/key-query.ts'
import { keyRules } from '../../keys/key-routes.ts'
import { V2Key } from '../../keys/v2-key.ts'
import { toV2Tree, V2KeyNodeAnswer } from '../../keys/v2-tree.ts'

type V2Deps = Pick<ApiDeps, 'etcd' | 'v2' | 'settings'>

/** `/api/kv/v2`: reads of the v2 keys API (api.md 7). */
export function v2KeysRoutes({ etcd, v2, settings }: V2Deps) {
  const { kv } = settings
  const deadline = kv.requestTimeout

  const connect = async (tab: string | undefined) => {
    checkTab(tab)
    await v2.probe({ deadline })
    try {
      const view = await etcd.view({ maxAge: 1_000, rest: 1_000, wait: 5_000 })
      return toConnectAnswer(view, await etcd.grants({ deadline }))
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      return { version: 'v2' as const, name: '', size: 0, size_str: '-' } // v3 cannot be asked, v2 answers
    }
  }

  const readTree = async (key: string, withValues: boolean, signal: AbortSignal) => {
    const found = await v2.get(key, { recursive: true }, { deadline, signal })
    const empty = { key, dir: true, createdIndex: 0, modifiedIndex: 0 }
    const { node, isFolded } = toV2Tree(found ?? empty, withValues)
    return { node, folded: isFolded }
  }

  return createRouter()
    .openapi(connectRoute('get', kv), async (c) => c.json(await connect(c.req.valid('query').tab_id), 200))
    .openapi(connectRoute('post', kv), async (c) => c.json(await connect(c.req.valid('query').tab_id), 200))
    .openapi(separatorRoute(kv), (c) => {
      checkTab(c.req.valid('query').tab_id)
      return c.json({ separator: '/' as const }, 200)
    })
    .openapi(keysRoute(kv), async (c) => {
      checkTab(c.req.valid('query').tab_id)
      return c.json(await readTree('/', false, c.var.signal), 200)
    })
    .openapi(getpathRoute(kv), async (c) => {
      const { tab_id, key = '/', keys_only: isBare } = c.req.valid('query')
      checkTab(tab_id)
      return c.json(await readTree(key, !isBare, c.var.signal), 200)
    })
    .openapi(getRoute(kv), async (c) => {
      const { tab_id, key } = c.req.valid('query')
      checkTab(tab_id)
      const found = await v2.get(key, { recursive: false }, { deadline, signal: c.var.signal })
      if (!found) throw new AppError('key_not_found', 'the key does not exist')
      return c.json({ node: toV2Tree(found, true).node }, 200)
    })
}

const v2Rules = (kv: KvSettings, ...errors: Parameters<typeof keyRules>[1][]) =>
  keyRules(kv, 'v2_unavailable', ...errors)

const connectRoute = <const Method extends 'get' | 'post'>(method: Method, kv: KvSettings) =>
  defineRoute({
    method,
    path: '/connect',
    summary: 'Whether the v2 API is there',
    rules: v2Rules(kv),
    request: { query: z.strictObject(tabShape) },
    answer: z.union([
      ConnectAnswer,
      z
        .object({ version: z.literal('v2'), name: z.string(), size: z.int(), size_str: z.string() })
        .openapi('V2Connection'),
    ]),
  })

const separatorRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/separator',
    summary: 'What parts a v2 key into directories',
    rules: { ...keyRules(kv), errors: ['tab_not_found'] },
    request: { query: z.strictObject(tabShape) },
    answer: z.object({ separator: z.literal('/') }),
  })

const V2TreeAnswer = z.object({ node: V2KeyNodeAnswer, folded: z.boolean() }).openapi('V2Tree')

const keysRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/keys',
    summary: 'The whole v2 tree, without values',
    rules: v2Rules(kv, 'result_too_large'),
    request: { query: z.strictObject(tabShape) },
    answer: V2TreeAnswer,
  })

const getpathRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/getpath',
    summary: 'A v2 subtree with its values',
    rules: v2Rules(kv, 'result_too_large'),
    request: { query: z.strictObject({ key: V2Key.optional(), keys_only: flagQuery(), ...tabShape }) },
    answer: V2TreeAnswer,
  })

const getRoute = (kv: KvSettings) =>
  defineRoute({
    method: 'get',
    path: '/get',
    summary: 'One v2 key, or a directory with what lies directly in it',
    rules: { ...v2Rules(kv, 'key_not_found', 'result_too_large'), missing: 'key is required' },
    request: { query: z.strictObject({ key: V2Key, ...tabShape }) },
    answer: z.object({ node: V2KeyNodeAnswer }).openapi('V2Key'),
  })
