import { toBase64 } from '@etcdmonitor/core/keys/base64'
import { startsWith } from '@etcdmonitor/core/keys/bytes'
import { toText } from '@etcdmonitor/core/keys/show-key'
import { type Accessor, batch, createSignal, onCleanup } from 'solid-js'
import { type KeyNodeAnswer, type KeySearchAnswer, SHAPES } from '../../../api/answers.ts'
import { type Client, isProblem } from '../../../api/client.ts'
import type { Problem } from '../../../api/problem.ts'
import type { KeyChange } from '../key-change.ts'
import {
  bytesOf,
  bytesOfIdentity,
  identityOf,
  identityOfNamed,
  prefixBelow,
  prefixParams,
} from '../key-name.ts'

/** Longer than a piece takes on the server, ms. */
const TIMEOUT = 10_000
/** What is found beyond is not kept. */
export const MAX_FOUND = 200_000

export interface ScanQuery {
  readonly prefix: Uint8Array
  /** `''`: every key. */
  readonly q: string
  readonly field: 'key' | 'value'
  readonly isCased: boolean
  /** Where to begin; undefined: with the first key. */
  readonly from?: Uint8Array | undefined
}

export interface FoundKey {
  /** Identity: bytes of 200,000 keys would be too heavy. */
  readonly id: string
  readonly modRevision: number
  readonly keyVersion: number
  readonly hasLease: boolean
}

/** What a scan has looked at: all of it is true at each moment. */
export interface Coverage {
  readonly scanned: number
  /** Keys below the prefix. */
  readonly inScope: number
  readonly revision: number
  /** The last key that was looked at; undefined: there was none. */
  readonly lastKey: Uint8Array | undefined
  readonly isComplete: boolean
  /** Keys are out of sight of the etcd user. */
  readonly isLimited: boolean
}

/**
 * | state | what enters it | what leaves it |
 * | --- | --- | --- |
 * | `idle` | made, cleared | `start` |
 * | `running` | `start`, `goOn` | enough was found, the end, `stop`, a failure |
 * | `waiting` | enough was found, `stop` | `goOn`, `start` |
 * | `done` | the end of the keys | `start` |
 * | `failed` | a failure | `goOn`, `start` |
 */
export type ScanState = 'idle' | 'running' | 'waiting' | 'done' | 'failed'

export interface KeyScan {
  readonly state: Accessor<ScanState>
  readonly found: Accessor<readonly FoundKey[]>
  /** Undefined before the first answer. */
  readonly coverage: Accessor<Coverage | undefined>
  readonly problem: Accessor<Problem | undefined>
  /** Forgets what was found before, and stops what looks for it. */
  readonly start: (query: ScanQuery) => void
  readonly goOn: () => void
  readonly stop: () => void
  readonly clear: () => void
  /** Own writes are seen at once in what was found. */
  readonly follow: (change: KeyChange, separator: Uint8Array) => void
}

export interface ScanLimits {
  /** Keys of one answer. */
  readonly page: number
  /** Found keys after which it waits. */
  readonly enough: number
}

/** Goes through the keys in byte order, piece by piece, by `GET kv/v3/search`. */
export function createKeyScan(client: Client, { page, enough }: ScanLimits): KeyScan {
  const [state, setState] = createSignal<ScanState>('idle')
  const [found, setFound] = createSignal<readonly FoundKey[]>([])
  const [coverage, setCoverage] = createSignal<Coverage>()
  const [problem, setProblem] = createSignal<Problem>()
  let asked: ScanQuery | undefined
  let cursor: string | undefined
  let abort = new AbortController()
  onCleanup(() => abort.abort())

  const ask = (query: ScanQuery, signal: AbortSignal) =>
    client.get<KeySearchAnswer>(
      'kv/v3/search',
      {
        ...prefixParams(query.prefix),
        ...(query.q !== '' && { q: query.q, in: query.field, case: query.isCased ? 'match' : 'ignore' }),
        ...(cursor === undefined && query.from && fromParams(query.from)),
        limit: String(page),
        cursor,
      },
      { shape: SHAPES.keySearch, signal, timeout: TIMEOUT },
    )

  async function run(query: ScanQuery, signal: AbortSignal): Promise<ScanState> {
    const until = found().length + enough
    while (found().length < until && found().length < MAX_FOUND) {
      const answer = await ask(query, signal)
      signal.throwIfAborted()
      batch(() => {
        setFound((before) => [...before, ...itemsOf(answer).map(toFound)])
        setCoverage((before) => toCoverage(answer, before))
      })
      cursor = answer.cursor ?? undefined
      if (answer.complete || cursor === undefined) return 'done'
    }
    return 'waiting'
  }

  const goOn = () => {
    const query = asked
    if (!query || state() === 'running') return
    abort.abort()
    abort = new AbortController()
    const { signal } = abort
    setState('running')
    setProblem(undefined)
    run(query, signal).then(setState, (error: unknown) => {
      if (signal.aborted) return
      if (!isProblem(error)) throw error
      // what was found belongs to a revision that is gone: going on would mix two
      if (error.code === 'revision_compacted' || error.code === 'validation_failed') cursor = undefined
      batch(() => {
        setProblem(error)
        setState('failed')
      })
    })
  }

  const clear = () => {
    abort.abort()
    asked = undefined
    cursor = undefined
    batch(() => {
      setFound([])
      setCoverage(undefined)
      setProblem(undefined)
      setState('idle')
    })
  }

  return {
    state,
    found,
    coverage,
    problem,
    clear,
    start: (query) => {
      clear()
      asked = query
      goOn()
    },
    goOn: () => {
      if (cursor !== undefined || !asked) return goOn()
      const query = asked
      clear()
      asked = query
      goOn()
    },
    follow: (change, separator) => {
      if (change.kind === 'made') return
      const id = change.kind === 'saved' ? identityOfNamed(change.node) : identityOf(change.target.key)
      if (change.kind === 'saved')
        setFound((before) => before.map((one) => (one.id === id ? toFound(change.node) : one)))
      else if (change.target.isDirectory) {
        const below = prefixBelow(change.target.key, separator)
        setFound((before) => before.filter((one) => !startsWith(bytesOfIdentity(one.id), below)))
      } else setFound((before) => before.filter((one) => one.id !== id))
    },
    stop: () => {
      if (state() !== 'running') return
      abort.abort()
      setState('waiting')
    },
  }
}

const fromParams = (from: Uint8Array) => {
  const text = toText(from)
  return text === undefined ? { from_b64: toBase64(from) } : { from: text }
}

// the client's types lose a type that holds itself
const itemsOf = ({ items }: KeySearchAnswer) => items as readonly KeyNodeAnswer[]

const toFound = (node: KeyNodeAnswer): FoundKey => ({
  id: identityOfNamed(node),
  modRevision: node.modifiedIndex ?? 0,
  keyVersion: node.version ?? 0,
  hasLease: node.lease_id !== undefined,
})

const toCoverage = (answer: KeySearchAnswer, before: Coverage | undefined): Coverage => ({
  scanned: (before?.scanned ?? 0) + answer.scanned,
  inScope: answer.in_scope,
  revision: answer.revision,
  lastKey:
    answer.last_key === undefined
      ? before?.lastKey
      : bytesOf({ key: answer.last_key, key_b64: answer.last_key_b64 }),
  isComplete: answer.complete,
  isLimited: answer.limited === true,
})
