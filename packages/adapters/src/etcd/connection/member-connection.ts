import type { Clock } from '@etcdmonitor/core/time'
import type { CallBudget } from './call-budget.ts'
import { callError, EtcdCallError } from './call-error.ts'
import type { DialTarget, EtcdChannel } from './channel.ts'

export interface MemberConnectionOptions {
  readonly url: string
  /** Where the URL leads now, `current` being the address of the connection; asked before every call. @throws EtcdCallError */
  readonly resolve: (budget: CallBudget, current?: string) => Promise<DialTarget>
  readonly open: (target: DialTarget) => EtcdChannel
  readonly clock: Pick<Clock, 'sleep'>
  /** Of the whole cluster. */
  readonly closing: AbortSignal
}

/**
 * The channel of one URL.
 *
 * | state   | entered by                                    | left by                                               |
 * |---------|-----------------------------------------------|-------------------------------------------------------|
 * | none    | start, a failed connect, `renew`, `close`     | the next `connect`                                    |
 * | dialled | `connect`                                     | a failed connect, another address, `renew`, `close`   |
 * | retired | `renew`, for a channel that was dialled       | the end of its calls, 60 s, `close`: it is closed then |
 */
export interface MemberConnection {
  /** A ready channel; whoever gets it calls `leave` when its call has ended. @throws EtcdCallError, nothing was sent */
  connect(budget: CallBudget): Promise<Connected>
  /** Calls that begin from now on make a connection of their own. */
  renew(): void
  /** For good. */
  close(): void
}

export interface Connected {
  readonly channel: EtcdChannel
  /** Once. */
  leave(): void
}

interface Dialled {
  readonly channel: EtcdChannel
  /** Calls that wait for its connection. */
  waiting: number
  /** Those too, and what runs over it. */
  calls: number
}

/** So long calls may go on that began with certificates which were replaced. */
const RETIRED_LIMIT = 60_000

export function createMemberConnection({
  url,
  resolve,
  open,
  clock,
  closing,
}: MemberConnectionOptions): MemberConnection {
  let dialled: Dialled | undefined
  let isClosed = false
  const retired = new Set<Dialled>()

  const rest = (reason?: EtcdCallError) => {
    dialled?.channel.close(reason)
    dialled = undefined
  }

  function endRetired(one: Dialled): void {
    if (retired.delete(one)) one.channel.close()
  }

  function leave(one: Dialled): void {
    one.calls -= 1
    if (one.calls === 0) endRetired(one)
  }

  return {
    async connect(budget) {
      const target = await resolve(budget, dialled?.channel.target.address)
      budget.signal.throwIfAborted()
      if (isClosed)
        throw callError(
          'connection_lost',
          { endpoint: url, method: 'connect', sent: false },
          'no longer used',
        )
      if (dialled && !leadsTo(dialled.channel.target, target)) rest()
      dialled ??= { channel: open(target), waiting: 0, calls: 0 }
      const used = dialled
      used.waiting += 1
      used.calls += 1
      try {
        await used.channel.connect(budget)
      } catch (error) {
        leave(used)
        // nothing may dial in the background between two calls; but others may wait longer than this one
        if (dialled === used && used.waiting === 1) rest(error instanceof EtcdCallError ? error : undefined)
        throw error
      } finally {
        used.waiting -= 1
      }
      return { channel: used.channel, leave: () => leave(used) }
    },
    renew() {
      const before = dialled
      dialled = undefined
      if (!before) return
      retired.add(before)
      if (before.calls === 0) endRetired(before)
      else void clock.sleep(RETIRED_LIMIT, closing).then(() => endRetired(before))
    },
    close() {
      isClosed = true
      rest()
      for (const one of [...retired]) endRetired(one)
    },
  }
}

const leadsTo = (one: DialTarget, other: DialTarget): boolean =>
  one.address === other.address && one.port === other.port
