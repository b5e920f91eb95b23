import { type Accessor, createEffect, createMemo, createSignal, on } from 'solid-js'
import { type AuditAnswer, SHAPES } from '../../api/answers.ts'
import { useClient } from '../../api/client-context.ts'
import type { Problem } from '../../api/problem.ts'
import { currentSession } from '../../api/session.ts'
import { createPolling } from '../../primitives/create-polling.ts'
import { createProblem, createQuery } from '../../primitives/create-query.ts'
import { type AuditFilter, toQuery } from '../../url/operations-url.ts'

const PAGE_SIZE = { wide: '50', narrow: '20' }
const NARROW = '(width < 720px)'
const LOOK_EVERY = 30_000

export interface AuditPageState {
  readonly page: Accessor<AuditAnswer | undefined>
  readonly problem: Accessor<Problem | undefined>
  readonly isLoading: Accessor<boolean>
  readonly isNewest: Accessor<boolean>
  /** Entries that were written since the newest page was read: rows do not move by themselves. */
  readonly newer: Accessor<number>
  showOlder(): void
  /** The newest page, read anew. */
  showNewest(): void
  retry(): void
}

/** A page of the log after another, newest first. */
export function createAuditPages(filter: Accessor<AuditFilter>): AuditPageState {
  const client = useClient()
  const [cursor, setCursor] = createSignal<string>()
  // of when the page was opened: a telephone that is turned must not make another list of it
  const pageSize = PAGE_SIZE[matchMedia(NARROW).matches ? 'narrow' : 'wide']
  createEffect(on(filter, () => setCursor(undefined), { defer: true }))
  const isActive = () => currentSession() !== undefined
  const query = createQuery<AuditAnswer>(() => {
    const asked = { ...toQuery(filter()), page_size: pageSize, cursor: cursor() }
    return {
      queryKey: ['audit', asked],
      queryFn: ({ signal }) => client.get('ops/audit-logs', asked, { shape: SHAPES.audit, signal }),
      enabled: isActive(),
      refetchOnWindowFocus: false,
    }
  })
  const total = createQuery<AuditAnswer>(() => {
    const asked = { ...toQuery(filter()), page_size: '1' }
    return {
      queryKey: ['audit', 'total', asked],
      queryFn: ({ signal }) => client.get('ops/audit-logs', asked, { shape: SHAPES.audit, signal }),
      enabled: false, // the first page has the number of now
    }
  })
  createPolling(
    () => (isActive() && cursor() === undefined ? LOOK_EVERY : undefined),
    () => void total().refetch(),
  )
  const newer = createMemo(() => {
    if (cursor() !== undefined) return 0
    return Math.max(0, (total().data?.total ?? 0) - (query().data?.total ?? 0))
  })
  return {
    page: () => query().data,
    problem: createProblem(query, () => JSON.stringify([filter(), cursor()])),
    isLoading: () => query().isPending,
    isNewest: () => cursor() === undefined,
    newer,
    showOlder: () => setCursor(query().data?.next_cursor ?? undefined),
    showNewest() {
      if (cursor() === undefined) void query().refetch()
      else setCursor(undefined)
    },
    retry: () => void query().refetch(),
  }
}
