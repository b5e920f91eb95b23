import { compareBytes } from '@etcdmonitor/core/keys/bytes'
import type { KeyRange } from '@etcdmonitor/core/keys/key-entry'
import { afterKey, isInRange, isWithin, mergeRanges, prefixRange } from '@etcdmonitor/core/keys/key-range'
import { type Accessor, createMemo } from 'solid-js'
import { type KeyConnection, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { createQuery } from '../../primitives/create-query.ts'
import { createKeyRules, ONCE } from './key/key-query.ts'
import { bytesOf, directoryPrefix, showUnsafe } from './key-name.ts'
import { KEY_TIMEOUT } from './key-timeout.ts'

/** What the etcd user of the console may read and write. */
export interface KeyGrants {
  readonly read: readonly KeyRange[]
  readonly write: readonly KeyRange[]
}

export interface KeyRights {
  /** Configured so: no key may be changed. Undefined: not known yet. */
  readonly isReadOnly: Accessor<boolean | undefined>
  /** Undefined: everything, or nobody knows. */
  readonly grants: Accessor<KeyGrants | undefined>
  readonly isKnown: Accessor<boolean>
  readonly mayWrite: (key: Uint8Array) => boolean
  readonly mayWriteBelow: (prefix: Uint8Array) => boolean
  /** Some key may be written. */
  readonly mayWriteAny: Accessor<boolean>
  /** etcd refused something: the roles may have changed. */
  readonly askAgain: () => void
}

type Grant = NonNullable<KeyConnection['grants']>[number]

export function createKeyRights(): KeyRights {
  const client = useClient()
  const rules = createKeyRules()
  const query = createQuery<KeyConnection>(() => ({
    queryKey: ['kv', 'v3', 'connect'],
    queryFn: ({ signal }) =>
      client.get('kv/v3/connect', {}, { shape: SHAPES.keyConnection, signal, timeout: KEY_TIMEOUT }),
    enabled: currentSession() !== undefined,
    ...ONCE,
  }))
  const grants = createMemo(() => {
    const given = query().data?.grants
    return given ? toGrants(given) : undefined
  })
  const may = (isAllowed: (ranges: readonly KeyRange[]) => boolean) => {
    const known = grants()
    return known === undefined || isAllowed(known.write)
  }
  return {
    isReadOnly: () => rules()?.kv_read_only,
    grants,
    isKnown: () => !query().isPending,
    mayWrite: (key) => may((ranges) => ranges.some((range) => isInRange(key, range))),
    mayWriteBelow: (prefix) => may((ranges) => isWithin(prefixRange(prefix), ranges)),
    mayWriteAny: () => may((ranges) => ranges.length > 0),
    askAgain: () => void query().refetch({ cancelRefetch: false }),
  }
}

function toGrants(given: readonly Grant[]): KeyGrants {
  const ranges = (isMeant: (grant: Grant) => boolean) => mergeRanges(given.filter(isMeant).map(toRange))
  return { read: ranges(({ read }) => read), write: ranges(({ write }) => write) }
}

const toRange = ({ from, from_b64, to, to_b64 }: Grant): KeyRange => ({
  from: bytesOf({ key: from, key_b64: from_b64 }),
  to: bytesOf({ key: to, key_b64: to_b64 }),
})

/** The prefix of the smallest directory that holds a range; empty: only the whole keyspace does. */
export function directoryOf(range: KeyRange, separator: Uint8Array): Uint8Array {
  let prefix = directoryPrefix(range.from, separator)
  while (prefix.length > 0 && !isWithin(range, [prefixRange(prefix)]))
    prefix = directoryPrefix(prefix.subarray(0, prefix.length - 1), separator)
  return prefix
}

/** A range for people: its prefix with a star, its one key, or its ends. */
export function showRange({ from, to }: KeyRange): string {
  const end = prefixRange(from).to
  if (to.length === end.length && compareBytes(to, end) === 0) return `${showUnsafe(from)}*`
  if (to.length > 0 && compareBytes(to, afterKey(from)) === 0) return showUnsafe(from)
  return `${showUnsafe(from)} … ${showUnsafe(to)}`
}
