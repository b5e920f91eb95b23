import { findFault } from './find-fault.ts'
import type { Verdict } from './judge-answer.ts'

/** One line that is too large must not make all requests small. */
const FEWEST_LINES = 100

/** What became of the lines of one request of batches. */
export type Delivery =
  /** Nothing of it waits any longer; `bad` is given up. `taken`: a line was stored. */
  | { readonly kind: 'done'; readonly bad: readonly string[]; readonly taken: boolean }
  | { readonly kind: 'kept'; readonly verdict: Verdict }

export interface DeliveryDeps {
  readonly send: (lines: readonly string[]) => Promise<Verdict>
  /** Lines of one request; falls when the server finds it too large. */
  readonly limit: { lines: number }
  /** Known from before: the lines are not sent as a whole. */
  readonly isAtFault: boolean
}

/** Sends lines in pieces of the size that the server takes, and leaves out what it will not have (storage.md 6.5). */
export async function deliver(lines: readonly string[], deps: DeliveryDeps): Promise<Delivery> {
  const { send, limit, isAtFault } = deps
  const pieces = cut(lines, limit.lines)
  const bad: string[] = []
  let wasTooLarge = false
  let largest = 0
  for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
    const verdict: Verdict = isAtFault ? { kind: 'refused' } : await send(piece)
    if (verdict.kind === 'accepted') largest = Math.max(largest, piece.length)
    else if (verdict.kind === 'too_large') {
      wasTooLarge = true
      if (piece.length === 1) bad.push(...piece)
      else pieces.unshift(...cut(piece, Math.ceil(piece.length / 2)))
    } else if (verdict.kind === 'refused') {
      const found = await findFault(piece, send)
      if (found.kind === 'kept') return found
      bad.push(...found.bad)
      if (found.hasGood) largest = Math.max(largest, 1)
    } else return { kind: 'kept', verdict }
  }
  if (wasTooLarge) limit.lines = Math.min(limit.lines, Math.max(FEWEST_LINES, largest))
  return { kind: 'done', bad, taken: largest > 0 }
}

const cut = (lines: readonly string[], length: number): (readonly string[])[] =>
  Array.from({ length: Math.ceil(lines.length / length) }, (_, i) =>
    lines.slice(i * length, (i + 1) * length),
  )
