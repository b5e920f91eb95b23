import { type Accessor, createSignal } from 'solid-js'
import { roomBeside } from '../drafts/draft-room.ts'

/** What was typed over a v2 key and is not saved. */
export interface V2Draft {
  readonly value: string
  /** What becomes of its time to live. */
  readonly time: 'keep' | 'none' | 'new'
  /** Of a new time to live, as typed. */
  readonly seconds: string
  /** Index of the key that the draft was made of. */
  readonly base: number
}

/** Drafts by key. */
export interface V2Drafts {
  readonly of: (key: string) => V2Draft | undefined
  /** Undefined: it is saved, or given up. */
  readonly set: (key: string, draft: V2Draft | undefined) => void
  /** Characters of each draft. */
  readonly lengths: Accessor<readonly number[]>
  /** Characters that a draft of this key may have; 0: there are too many drafts of others, of either API. */
  readonly room: (key: string) => number
  /** How many there are beside that of this key, of both APIs. */
  readonly others: (key: string) => number
  readonly clear: () => void
}

/** @param v3Lengths characters of each draft of the v3 keys, which share the room */
export function createV2Drafts(v3Lengths: () => readonly number[]): V2Drafts {
  const [drafts, setDrafts] = createSignal<ReadonlyMap<string, V2Draft>>(new Map())
  const lengths = (besides?: string) =>
    [...drafts()].filter(([key]) => key !== besides).map(([, { value }]) => value.length)
  return {
    of: (key) => drafts().get(key),
    set: (key, draft) => {
      const next = new Map(drafts())
      if (draft) next.set(key, draft)
      else next.delete(key)
      setDrafts(next)
    },
    lengths: () => lengths(),
    room: (key) => roomBeside([...lengths(key), ...v3Lengths()]),
    others: (key) => lengths(key).length + v3Lengths().length,
    clear: () => setDrafts(new Map()),
  }
}
