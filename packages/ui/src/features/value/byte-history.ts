import { commonLength, concatBytes } from '@etcdmonitor/core/keys/bytes'
import { equalBytes } from './value-content.ts'

/** Steps that can be undone; beyond either bound the oldest is forgotten. */
const MAX_STEPS = 1_000
const MAX_BYTES = 8_388_608

/** Bytes as they are after a step back or forth, and where that changed them. */
export interface ByteStep {
  readonly bytes: Uint8Array
  readonly at: number
}

/** What was changed of one value, whoever changed it, as long as that is looked at. */
export interface ByteHistory {
  /** The bytes as they are now: what is different from those before can be undone, and nothing be done again. */
  readonly see: (bytes: Uint8Array) => void
  /** Undefined: there is no such step. It is taken once `see` is told the bytes that came of it. */
  readonly undo: () => ByteStep | undefined
  readonly redo: () => ByteStep | undefined
}

/** From `at` on, `before` was replaced by `after`. */
interface Change {
  readonly at: number
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** Keeps what is different, not values: a digit costs a byte, a file both files. */
export function createByteHistory(): ByteHistory {
  const done: Change[] = []
  const undone: Change[] = []
  let now: Uint8Array | undefined
  let asked: { readonly bytes: Uint8Array; readonly take: () => void } | undefined

  const forgetOldest = () => {
    let kept = done.reduce((sum, change) => sum + weightOf(change), 0)
    while (done.length > MAX_STEPS || (kept > MAX_BYTES && done.length > 0))
      kept -= weightOf(done.shift() ?? NO_CHANGE)
  }
  const step = (from: Change[], to: Change[], isBack: boolean): ByteStep | undefined => {
    const change = from.at(-1)
    if (!change || !now) return undefined
    const { at, before, after } = change
    const [out, back] = isBack ? [after, before] : [before, after]
    const bytes = concatBytes(now.subarray(0, at), back, now.subarray(at + out.length))
    const take = () => {
      from.pop()
      to.push(change)
    }
    asked = { bytes, take }
    return { bytes, at: Math.max(0, Math.min(at, bytes.length - 1)) }
  }
  return {
    see: (bytes) => {
      const before = now
      now = bytes
      // not the same array: what is stored is shown instead of a draft that equals it
      if (asked && equalBytes(asked.bytes, bytes)) asked.take()
      else if (before) {
        const change = changeOf(before, bytes)
        if (weightOf(change) > 0) {
          done.push(change)
          undone.length = 0
          forgetOldest()
        }
      }
      asked = undefined
    },
    undo: () => step(done, undone, true),
    redo: () => step(undone, done, false),
  }
}

const NO_CHANGE: Change = { at: 0, before: new Uint8Array(), after: new Uint8Array() }

const weightOf = ({ before, after }: Change): number => before.length + after.length

/** The smallest part that is different. */
function changeOf(before: Uint8Array, after: Uint8Array): Change {
  if (before === after) return NO_CHANGE
  const at = commonLength(before, after)
  const most = Math.min(before.length, after.length) - at
  let end = 0
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1
  return { at, before: before.slice(at, before.length - end), after: after.slice(at, after.length - end) }
}
