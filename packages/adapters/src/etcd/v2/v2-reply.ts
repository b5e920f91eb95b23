import { AppError, type ErrorCode } from '@etcdmonitor/core/errors'
import { toFailureMessage } from '@etcdmonitor/core/etcd/describe-failure'
import type { V2Node } from '@etcdmonitor/core/ports/etcd-v2'

/** What etcd answers of v2: a node, or an error with a code of its own. */
export type V2Reply =
  | { readonly node: V2Node; readonly hadNode: boolean }
  | { readonly code: number; readonly message: string }

interface RawNode {
  readonly key?: unknown
  readonly dir?: unknown
  readonly value?: unknown
  readonly ttl?: unknown
  readonly createdIndex?: unknown
  readonly modifiedIndex?: unknown
  readonly nodes?: unknown
}

/** `undefined`: that is no answer of the v2 API. @throws AppError `etcd_error` for an index beyond 2^53 */
export function readV2Reply(body: Uint8Array): V2Reply | undefined {
  const json = parse(body)
  if (typeof json.errorCode === 'number') {
    const text = `${String(json.message)} ${String(json.cause ?? '')}`
    return { code: json.errorCode, message: toFailureMessage(text).trim() }
  }
  if (typeof json.action !== 'string' || !isObject(json.node)) return undefined
  return { node: toV2Node(json.node), hadNode: isObject(json.prevNode) }
}

function parse(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(new TextDecoder().decode(body))
    return isObject(json) ? json : {}
  } catch {
    return {} // what is no JSON is no answer of the API
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

type Building = { -readonly [K in keyof Omit<V2Node, 'nodes'>]: V2Node[K] } & { nodes?: V2Node[] }

/** Without recursion: a tree may be deep. */
function toV2Node(raw: RawNode): V2Node {
  const top = toPlain(raw)
  const open: { readonly raw: RawNode; readonly node: Building }[] = [{ raw, node: top }]
  for (let one = open.pop(); one; one = open.pop()) {
    if (!Array.isArray(one.raw.nodes)) continue
    const children: readonly unknown[] = one.raw.nodes
    one.node.nodes = children.filter(isObject).map((child) => {
      const node = toPlain(child)
      open.push({ raw: child, node })
      return node
    })
  }
  return top
}

function toPlain({
  key = '/',
  dir = false,
  value,
  ttl,
  createdIndex = 0,
  modifiedIndex = 0,
}: RawNode): Building {
  return {
    key: String(key),
    dir: dir === true,
    ...(dir !== true && { value: String(value ?? '') }),
    ...(typeof ttl === 'number' && { ttlSeconds: Math.max(0, ttl) }),
    createdIndex: toExact(createdIndex),
    modifiedIndex: toExact(modifiedIndex),
  }
}

function toExact(index: unknown): number {
  if (typeof index === 'number' && Number.isSafeInteger(index)) return index
  throw new AppError('etcd_error', 'an index is beyond 2^53', { details: { etcd_status: 'OK' } })
}

const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [101, 'revision_conflict'],
  [105, 'revision_conflict'],
  [102, 'not_a_file'],
  [104, 'not_a_directory'],
  [107, 'root_read_only'],
  [110, 'permission_denied'],
])

/** The AppError of a code of etcd's v2 API (etcd.md 13). */
export function failV2({ code, message }: { readonly code: number; readonly message: string }): AppError {
  if (code >= 300 && code < 400) return new AppError('no_quorum', message)
  const known = CODES.get(code)
  return new AppError(known ?? 'etcd_error', message, {
    ...(known === undefined && { details: { etcd_status: `v2 ${code}` } }),
  })
}

export const V2_KEY_NOT_FOUND = 100
