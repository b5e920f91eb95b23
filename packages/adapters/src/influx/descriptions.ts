import { gzipSync } from 'node:zlib'
import { cutMemberInfo } from '@etcdmonitor/core/metrics/cut-member-info'
import type { MemberInfo } from '@etcdmonitor/core/ports/metrics-store'
import type { Outbox } from '@etcdmonitor/core/ports/outbox'
import type { Clock } from '@etcdmonitor/core/time'
import { encodeInfo } from './line-protocol.ts'
import { memberKey } from './losses.ts'
import type { NewestTicks } from './newest-ticks.ts'

const HOUR = 3_600_000

interface Described {
  readonly clusterId: string
  readonly info: MemberInfo
  readonly text: string
  /** Monotonic. */
  readonly writtenAt: number
}

/** Descriptions of members on their way to the bucket: when they change, and every hour as long as the member has ticks. */
export interface Descriptions {
  /** True: something was written. */
  describe(clusterId: string, members: readonly MemberInfo[]): boolean
  renew(): boolean
}

export interface DescriptionsDeps {
  readonly outbox: Pick<Outbox, 'settle'>
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
  readonly newest: Pick<NewestTicks, 'of'>
}

export function createDescriptions({ outbox, clock, newest }: DescriptionsDeps): Descriptions {
  const described = new Map<string, Described>()
  let lastAt = 0

  function write(clusterId: string, infos: readonly MemberInfo[]): boolean {
    const at = Math.max(clock.now(), lastAt + 1) // of two in one millisecond the second has to win
    const lines = infos.map((info) => encodeInfo({ clusterId, memberId: info.memberId, at }, info))
    if (lines.length > 0) {
      const body = gzipSync(lines.join('\n'))
      outbox.settle({ add: [{ at, members: {}, lines: lines.length, samples: 0, body }] })
    }
    lastAt = at
    const writtenAt = clock.monotonic()
    for (const info of infos)
      described.set(memberKey(clusterId, info.memberId), {
        clusterId,
        info,
        text: JSON.stringify(info),
        writtenAt,
      })
    return lines.length > 0
  }

  return {
    describe: (clusterId, members) =>
      write(
        clusterId,
        members
          .map(cutMemberInfo)
          .filter(
            (info) => described.get(memberKey(clusterId, info.memberId))?.text !== JSON.stringify(info),
          ),
      ),
    renew() {
      const due = [...described].filter(
        ([key, { writtenAt }]) =>
          clock.monotonic() - writtenAt >= HOUR && clock.now() - newest.of(key) < HOUR,
      )
      const clusters = Map.groupBy(due, ([, { clusterId }]) => clusterId)
      for (const [clusterId, some] of clusters)
        write(
          clusterId,
          some.map(([, { info }]) => info),
        )
      return due.length > 0
    },
  }
}
