import { useLocation } from '@solidjs/router'
import { Show } from 'solid-js'
import { expect } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import { KeysPage } from '../src/features/keys/KeysPage.tsx'
import { SessionLayout } from '../src/features/shell/SessionLayout.tsx'
import { leaf, level, openKeysPage } from './a-keys-page.tsx'
import { type Answer, type Asked, refusal } from './render-page.tsx'

/** What etcd holds, as the routes of the API answer from it. */
export interface FakeKey {
  bytes: Uint8Array
  modRevision: number
  lease?: { readonly id: string; readonly ttl: number }
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
export const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))

/** Where the key of most tests is open. */
export const AT = '/keys?key=%2Fcfg'
export const aKey = (
  text: string | Uint8Array,
  modRevision = 7,
  more: Pick<FakeKey, 'lease'> = {},
): FakeKey => ({ bytes: typeof text === 'string' ? bytesOf(text) : text, modRevision, ...more })
export const keysOf = (...entries: readonly (readonly [string, FakeKey])[]) => new Map(entries)
/** An etcd that has that key alone. */
export const stored = (text: string | Uint8Array) => keysOf(['/cfg', aKey(text)])

const Page = () => {
  const location = useLocation()
  return (
    <SessionLayout>
      <Show when={location.pathname === '/keys'} fallback={<h1>Another page</h1>}>
        <KeysPage />
      </Show>
    </SessionLayout>
  )
}

export function keyAnswer(key: string, { bytes, modRevision, lease }: FakeKey) {
  const text = decode(bytes)
  return {
    node: {
      key,
      dir: false,
      createdIndex: 4,
      modifiedIndex: modRevision,
      version: 2,
      ...(text === undefined
        ? { encoding: 'base64', value_b64: base64(bytes) }
        : { encoding: 'utf8', value: text }),
      ...(lease && { lease_id: lease.id, ttl: lease.ttl }),
    },
    revision: 4_711,
    data_since: 3,
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

interface PutBody {
  readonly key: string
  readonly value?: string
  readonly value_b64?: string
  readonly ttl?: number
  readonly mod_revision: number
}

export const sentBytes = (body: unknown): Uint8Array => {
  const { value, value_b64: encoded } = body as PutBody
  return encoded === undefined ? bytesOf(value ?? '') : Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0))
}

/** What each put was made over. */
export const sentRevisions = (view: { puts(): readonly Asked[] }): readonly number[] =>
  view.puts().map(({ body }) => (body as PutBody).mod_revision)

/** The Keys page with one key open, over an etcd that holds `keys` and takes what is written. */
export function openValue(
  start: string,
  keys: Map<string, FakeKey>,
  answers: Readonly<Record<string, Answer>> = {},
  rules: object = {},
) {
  const get = (key: string) => {
    const found = keys.get(key)
    return found ? keyAnswer(key, found) : refusal(404, 'key_not_found')
  }
  const put = (asked: Asked) => {
    const body = asked.body as PutBody
    const before = keys.get(body.key)
    if ((before?.modRevision ?? 0) !== body.mod_revision)
      return refusal(409, 'revision_conflict', { current_revision: before?.modRevision ?? 0 })
    const lease = body.ttl === undefined ? before?.lease : undefined
    const granted = body.ttl ? { id: '99', ttl: Math.max(body.ttl, 2) } : lease
    const next = {
      bytes: sentBytes(body),
      modRevision: (before?.modRevision ?? 0) + 2,
      ...(granted && { lease: granted }),
    }
    keys.set(body.key, next)
    return {
      ...keyAnswer(body.key, next),
      created: before === undefined,
      ...(body.ttl ? { granted_ttl: Math.max(body.ttl, 2) } : {}),
    }
  }
  const view = openKeysPage(
    start,
    {
      'kv/v3/children': () => {
        const nodes = [...keys.keys()].map((key) => leaf(key))
        return level(nodes, { node: { key: '/', dir: true, count: keys.size, nodes } })
      },
      'kv/v3/get': ({ query }) => get(query.get('key') ?? ''),
      'kv/v3/put': put,
      ...answers,
    },
    { kv_max_value_size: 2_097_152, ...rules },
    Page,
  )
  const puts = () => view.asked.filter(({ path }) => path === 'kv/v3/put')
  return { ...view, puts, put, get }
}

export const field = () => page.getByRole('textbox', { name: /^Value of/ })
export const hex = () => page.getByRole('slider', { name: /^Value of/ })
export const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
export async function typeAtEnd(text: string): Promise<void> {
  await field().click()
  await userEvent.keyboard(`{Control>}{End}{/Control}${text}`)
}
/** The text of CodeMirror's lines in view; it stands in a shadow root. */
export const lines = () =>
  [...(document.querySelector('.text-editor')?.shadowRoot?.querySelectorAll('.cm-line') ?? [])].map(
    ({ textContent }) => textContent,
  )

/** Once they are there: the editor is a chunk of its own. */
export async function expectLines(wanted: readonly string[]): Promise<void> {
  await expect.poll(lines).toEqual(wanted)
}
