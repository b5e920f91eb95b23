import type { DataSet } from './data-set.ts'
import { timed } from './measure.ts'

/** A window that is asked for; Unix ms and ms, multiples of `step`, `to` exclusive. */
export interface View {
  readonly from: number
  readonly to: number
  readonly step: number
}

/** Each measurement one step earlier than the last: the same work, and no answer that somebody has kept. */
export function overWindows(
  data: Pick<DataSet, 'to'>,
  { span, step }: { readonly span: number; readonly step: number },
  ask: (view: View) => Promise<unknown>,
): () => Promise<number> {
  let to = Math.floor(data.to / step) * step
  return () => {
    to -= step
    const view = { from: to - span, to, step }
    return timed(() => ask(view))
  }
}
