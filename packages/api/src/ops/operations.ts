import type { ApiDeps } from '../deps.ts'
import type { MemberBook } from '../members/member-book.ts'
import type { ActDeps } from './act/act-parts.ts'
import type { OperateDeps } from './operate.ts'
import { createFactsReader, type FactsReader } from './plan/read-facts.ts'

/** What the routes of operations share. */
export interface OperationDeps extends OperateDeps, ActDeps, Pick<ApiDeps, 'state' | 'metrics' | 'settings'> {
  readonly readFacts: FactsReader
  readonly book: MemberBook
}

export const toOperationDeps = (deps: ApiDeps, book: MemberBook): OperationDeps => ({
  ...deps,
  book,
  engine: deps.runs,
  readFacts: createFactsReader({ ...deps, book }),
})
