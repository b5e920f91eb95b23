import { type Accessor, createSignal } from 'solid-js'
import type { KeyAnswer } from '../../../api/answers.ts'
import type { ValueContent } from '../../value/value-content.ts'
import type { ValueType } from '../../value/value-type.ts'
import { createV2Drafts, type V2Drafts } from '../v2/v2-drafts.ts'
import { roomBeside } from './draft-room.ts'

/** What was typed over a key and is not saved. */
export interface Draft {
  readonly content: ValueContent
  readonly lease: LeaseWish
  /** Seconds of a new lease, as typed. */
  readonly seconds: string
  readonly base: DraftBase
  /** Somebody looked at a conflict, and goes on with this over what was stored then. */
  readonly isConflicted?: boolean
}

export type LeaseWish = 'keep' | 'none' | 'new'

/** What the draft was made of: a save replaces this and nothing else. */
export interface DraftBase {
  /** 0: the key does not exist. */
  readonly modRevision: number
  readonly dataSince: number
}

/** Drafts by identity of their key, in memory alone, as long as the application runs (ui.md 8.7). */
export interface Drafts {
  readonly of: (id: string) => Draft | undefined
  /** Undefined: it is saved, or given up. */
  readonly set: (id: string, draft: Draft | undefined) => void
  /** Those of keys of the v2 API. */
  readonly v2: V2Drafts
  /** Of both APIs. */
  readonly count: Accessor<number>
  readonly isEmpty: Accessor<boolean>
  /** Characters that a draft of this key may have; 0: there are too many drafts of others, of either API. */
  readonly room: (id: string) => number
  /** As what a value was wished to be shown. */
  readonly typeOf: (id: string) => ValueType | undefined
  readonly setType: (id: string, type: ValueType) => void
  /** Those of an account are nothing for another. */
  readonly claim: (username: string) => void
  readonly clear: () => void
}

/** Choices that are remembered: beyond them the oldest is forgotten. */
const MAX_TYPES = 200

export function createDrafts(): Drafts {
  const [drafts, setDrafts] = createSignal<ReadonlyMap<string, Draft>>(new Map())
  const [types, setTypes] = createSignal<ReadonlyMap<string, ValueType>>(new Map())
  const lengths = (besides?: string) =>
    [...drafts()].filter(([id]) => id !== besides).map(([, { content }]) => content.length)
  const v2 = createV2Drafts(lengths)
  let owner: string | undefined
  const count = () => drafts().size + v2.lengths().length
  const clear = () => {
    setDrafts(new Map())
    v2.clear()
    setTypes(new Map())
  }
  return {
    of: (id) => drafts().get(id),
    set: (id, draft) => {
      const next = new Map(drafts())
      if (draft) next.set(id, draft)
      else next.delete(id)
      setDrafts(next)
    },
    v2,
    count,
    isEmpty: () => count() === 0,
    room: (id) => roomBeside([...lengths(id), ...v2.lengths()]),
    typeOf: (id) => types().get(id),
    setType: (id, type) => {
      const others = [...types()].filter(([other]) => other !== id)
      setTypes(new Map([...others.slice(1 - MAX_TYPES), [id, type]]))
    },
    claim: (username) => {
      if (owner !== undefined && owner !== username) clear()
      owner = username
    },
    clear,
  }
}

export const baseOf = ({ node, data_since: dataSince }: KeyAnswer): DraftBase => ({
  modRevision: node.modifiedIndex ?? 0,
  dataSince,
})

/** etcd takes no longer lease, in seconds. */
const MAX_TTL = 9_000_000_000

/** The `ttl` of a request; `undefined`: the key keeps its lease; `NaN`: nothing that could be one was typed. */
export function ttlOf({ lease, seconds }: Pick<Draft, 'lease' | 'seconds'>): number | undefined {
  if (lease === 'keep') return undefined
  if (lease === 'none') return 0
  return /^[1-9][0-9]{0,9}$/.test(seconds) && Number(seconds) <= MAX_TTL ? Number(seconds) : Number.NaN
}

/** Nothing would be changed by saving it. */
export const isUnchanged = ({ lease, content }: Pick<Draft, 'lease' | 'content'>): boolean =>
  lease === 'keep' && content.isStored
