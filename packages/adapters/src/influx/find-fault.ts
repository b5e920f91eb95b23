import type { Verdict } from './judge-answer.ts'
import { splitFields } from './line-protocol.ts'

/** Requests that one batch may cost; what is left then is given up unsplit. */
const MAX_REQUESTS = 64

/** `kept`: the search has to begin anew, for a reason that lies not in the lines. */
export type Found =
  | { readonly kind: 'found'; readonly bad: readonly string[]; readonly hasGood: boolean }
  | { readonly kind: 'kept'; readonly verdict: Verdict }

/**
 * Sends halves of lines that were refused, in order and the largest first, then halves of the fields of a single line, until what is at fault
 * stands alone: everything else is stored then. `bad`: lines of one field each, or longer ones when the requests did not suffice.
 */
export async function findFault(
  refused: readonly string[],
  send: (lines: readonly string[]) => Promise<Verdict>,
): Promise<Found> {
  const suspects = [refused]
  const bad: string[] = []
  let requests = 1
  let hasGood = false
  for (let suspect = suspects.shift(); suspect; suspect = suspects.shift()) {
    const halves = halve(suspect)
    if (!halves || requests + halves.length > MAX_REQUESTS) {
      bad.push(...suspect)
      continue
    }
    for (const half of halves) {
      requests++
      const verdict = await send(half)
      if (verdict.kind === 'accepted') hasGood = true
      else if (isFault(verdict)) suspects.push(half)
      else return { kind: 'kept', verdict }
    }
  }
  return { kind: 'found', bad, hasGood }
}

/** In what is refused already a 500 is a refusal, and so is what is too large still when it is halved to the end. */
const isFault = ({ kind }: Verdict): boolean =>
  kind === 'refused' || kind === 'failed' || kind === 'too_large'

/** Undefined for a single field. */
function halve(lines: readonly string[]): readonly (readonly string[])[] | undefined {
  const [line = ''] = lines
  const parts = lines.length > 1 ? lines : splitFields(line)
  if (parts.length < 2) return undefined
  const middle = Math.ceil(parts.length / 2)
  return [parts.slice(0, middle), parts.slice(middle)]
}
