import { type Accessor, createSignal } from 'solid-js'
import type { KeyAnswer } from '../../api/answers.ts'
import { type EditableText, fromEditable } from './value-text.ts'

/** What was typed over a key and is not saved. */
export interface Draft extends EditableText {
  readonly lease: LeaseWish
  /** Seconds of a new lease, as typed. */
  readonly seconds: string
  readonly base: DraftBase
}

export type LeaseWish = 'keep' | 'none' | 'new'

/** What the draft was made of: a save replaces this and nothing else. */
export interface DraftBase {
  /** 0: the key does not exist. */
  readonly modRevision: number
  readonly dataSince: number
}

/** Drafts by identity of their key, as long as the page is there. */
export interface Drafts {
  readonly of: (id: string) => Draft | undefined
  readonly set: (id: string, draft: Draft | undefined) => void
  readonly isEmpty: Accessor<boolean>
}

export function createDrafts(): Drafts {
  const [drafts, setDrafts] = createSignal<ReadonlyMap<string, Draft>>(new Map())
  return {
    of: (id) => drafts().get(id),
    set: (id, draft) => {
      const next = new Map(drafts())
      if (draft) next.set(id, draft)
      else next.delete(id)
      setDrafts(next)
    },
    isEmpty: () => drafts().size === 0,
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
export const isUnchanged = (draft: Draft, stored: string): boolean =>
  draft.lease === 'keep' && fromEditable(draft) === stored
