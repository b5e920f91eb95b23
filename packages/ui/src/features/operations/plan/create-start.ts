import { useNavigate } from '@solidjs/router'
import type { Accessor } from 'solid-js'
import { SHAPES, type StartedAnswer } from '../../../api/answers.ts'
import { useClient } from '../../../api/client-context.ts'
import type { Problem } from '../../../api/problem.ts'
import { createChange } from '../../../primitives/create-change.ts'
import { operationsHref } from '../../../url/operations-url.ts'

/** The checks under the lock come before the answer, ms. */
const PATIENCE = 40_000

export interface Start {
  readonly isBusy: Accessor<boolean>
  readonly problem: Accessor<Problem | undefined>
  /** Once, and only then: the page becomes that of the run. */
  readonly start: (body: object | undefined) => Promise<void>
}

export function createStart(path: string): Start {
  const client = useClient()
  const navigate = useNavigate()
  const change = createChange<StartedAnswer>()
  return {
    isBusy: change.isBusy,
    problem: change.problem,
    async start(body) {
      const request = { shape: SHAPES.started, timeout: PATIENCE }
      const started = await change.run(() => client.post(`${path}?wait=0`, body, request))
      if (started) navigate(operationsHref({ task: 'runs', run: started.run_id }))
    },
  }
}
