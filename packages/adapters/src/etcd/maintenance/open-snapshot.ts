import { failRead } from '@etcdmonitor/core/etcd/fail-call'
import type { MemberId } from '@etcdmonitor/core/etcd/member'
import type { EtcdMaintenance } from '@etcdmonitor/core/ports/etcd-cluster'
import { EtcdCallError } from '../connection/call-error.ts'
import { startCall } from '../member-calls.ts'
import { createBufferCollector } from './buffer-collector.ts'
import type { MemberOperationsOptions } from './member-operations.ts'
import { verifyMember } from './verified-member.ts'
import { type SnapshotMessage, verifySnapshot } from './verify-snapshot.ts'

/** In ms (etcd.md 12): to the first message, between two of them, and for the whole stream. */
const SILENCE = 15_000
const TOTAL = 3_600_000
const SNAPSHOT = {
  service: 'Maintenance',
  method: 'Snapshot',
  params: {},
  silence: SILENCE,
  total: TOTAL,
} as const

/** The database of one member, as it is sent. */
export function createSnapshotCall(options: MemberOperationsOptions): EtcdMaintenance['snapshot'] {
  const { cluster, discovery, findUrl } = options
  const collector = createBufferCollector()
  return async (id, callOptions = {}) => {
    const budget = startCall(options, callOptions, SILENCE)
    const url = await findUrl(id, budget)
    try {
      const { one } = await verifyMember(discovery, { id, url }, budget)
      const { first, rest } = await cluster.member(url).stream<SnapshotMessage>(SNAPSHOT, budget, one)
      return verifySnapshot(first, pass(id, rest, collector.onBytes))
    } catch (error) {
      throw toAppError(id, error)
    }
  }
}

/** The same messages, and `onBytes` hears of them; what goes wrong among them is an error of the port. */
function pass(
  id: MemberId,
  messages: AsyncIterable<SnapshotMessage>,
  onBytes: (count: number) => void,
): AsyncIterable<SnapshotMessage> {
  const iterator = messages[Symbol.asyncIterator]()
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          const got = await iterator.next()
          if (!got.done) onBytes(got.value.blob.length)
          return got
        } catch (error) {
          throw toAppError(id, error)
        }
      },
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    }),
  }
}

const toAppError = (id: MemberId, error: unknown): unknown =>
  error instanceof EtcdCallError ? failRead(error.failure, id, error) : error
