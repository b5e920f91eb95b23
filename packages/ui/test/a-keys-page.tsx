import type { Component } from 'solid-js'
import { KeysPage } from '../src/features/keys/KeysPage.tsx'
import { SessionLayout } from '../src/features/shell/SessionLayout.tsx'
import { NOW, status } from './a-monitor.tsx'
import { type Answer, type Asked, type RenderedPage, renderPage } from './render-page.tsx'

/** A name that is a program where it is not shown as text. */
export const HOSTILE = '<img src=x onerror="document.title=\'owned\'">'

export const leaf = (key: string, more: object = {}) => ({
  key,
  dir: false,
  createdIndex: 4,
  modifiedIndex: 7,
  version: 2,
  ...more,
})

export const dir = (key: string, count: number) => ({ key, dir: true, count })

/** One page of a directory. */
export const level = (nodes: readonly object[], more: object = {}) => ({
  node: { key: '/', dir: true, count: 1_204, nodes },
  revision: 4_711,
  member_id: '1',
  truncated: false,
  cursor: null,
  ...more,
})

export const value = (key: string, text: string, more: object = {}) => ({
  node: leaf(key, { encoding: 'utf8', value: text, ...more }),
  revision: 4_711,
  data_since: 3,
})

/** A piece of a search. */
export const piece = (items: readonly object[], more: object = {}) => ({
  items,
  revision: 4_711,
  member_id: '1',
  scanned: items.length,
  in_scope: items.length,
  complete: true,
  cursor: null,
  ...more,
})

/** What `kv/v3/connect` answers. */
export const connection = (grants: readonly object[] | null) => ({
  version: '3.6.0',
  name: 'etcd-1',
  size: 1,
  size_str: '1 B',
  cluster_id: '1',
  member_id: '1',
  leader_id: '1',
  revision: 4_711,
  grants,
})

export const KeysInShell = () => (
  <SessionLayout>
    <KeysPage />
  </SessionLayout>
)

/** The page within the shell, or what stands there of it, against an API that answers so. `rules` are those of `auth/status`. */
export const openKeysPage = (
  start = '/keys',
  more: Readonly<Record<string, Answer>> = {},
  rules: object = {},
  shown: Component = KeysInShell,
): RenderedPage =>
  renderPage(shown, start, {
    status: () => status(),
    current: () => ({ timestamp: NOW, members: {}, unknown_metrics: [] }),
    'auth/status': () => ({
      authenticated: true,
      initial_setup_pending: false,
      password_policy: { min_length: 8, max_bytes: 1_024 },
      kv_read_only: false,
      kv_max_value_size: 1_000,
      ...rules,
    }),
    'kv/v3/separator': () => ({ separator: '/' }),
    'kv/v3/connect': () => connection(null),
    'kv/v3/children': () => level([]),
    'kv/v3/search': () => piece([]),
    'kv/v3/get': ({ query }) => value(query.get('key') ?? '', 'stored'),
    ...more,
  })

export const changesOf = ({ asked }: { readonly asked: readonly Asked[] }): readonly Asked[] =>
  asked.filter(({ method, path }) => method !== 'GET' && path.startsWith('kv/'))

export const askedFor = ({ asked }: { readonly asked: readonly Asked[] }, path: string): readonly Asked[] =>
  asked.filter((one) => one.path === path)
