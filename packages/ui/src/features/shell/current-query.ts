import type { Accessor } from 'solid-js'
import { type CurrentAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import { currentSession } from '../../api/session.ts'
import { createQuery } from '../../primitives/create-query.ts'
import { useCluster } from './cluster-state.ts'

/** The newest values of every member, and when they were scraped: one request for whoever asks. */
export function createCurrent(): Accessor<CurrentAnswer | undefined> {
  const client = useClient()
  const { status } = useCluster()
  const query = createQuery<CurrentAnswer>(() => ({
    queryKey: ['current', 'all'],
    queryFn: ({ signal }) => client.get('current', { member_id: 'all' }, { shape: SHAPES.current, signal }),
    enabled: currentSession() !== undefined && status() !== undefined,
    refetchInterval: (status()?.collect_interval ?? 30) * 1_000,
    staleTime: 2_000, // the shell and the page ask for it in the same moment
  }))
  return () => query().data
}

/** Newest successful scrape, Unix ms, of one member or of all. */
export function sampleTime(current: CurrentAnswer | undefined, memberId?: string): number | undefined {
  const members = current?.members ?? {}
  const asked = memberId === undefined ? Object.values(members) : [members[memberId]]
  const times = asked.flatMap((member) => (member?.sample_time ? [member.sample_time * 1_000] : []))
  return times.length === 0 ? undefined : Math.max(...times)
}
