import type { Console } from '../console/console.ts'
import { eventually } from '../eventually.ts'

export interface FollowedStep {
  readonly name: string
  readonly state: string
  readonly member_name: string
  readonly message: string
}

export interface FollowedRun {
  readonly id: string
  readonly state: string
  readonly finished_at: number | null
  readonly error: { readonly code: string; readonly error: string } | null
  readonly steps: readonly FollowedStep[]
}

export const readRun = async (api: Console, id: string): Promise<FollowedRun> =>
  (await api.get(`/api/ops/runs/${id}`)).body as unknown as FollowedRun

/** The run as it is when `holds` does. */
export const untilRun = (
  api: Console,
  id: string,
  holds: (run: FollowedRun) => boolean,
  deadline?: number,
): Promise<FollowedRun> =>
  eventually(
    'the run is so',
    async () => {
      const run = await readRun(api, id)
      return holds(run) && run
    },
    deadline,
  )

/** The newest run, whoever began it. */
export const newestRun = (api: Console): Promise<FollowedRun> =>
  eventually('there is a run', async () => {
    const { body } = await api.get('/api/ops/runs?limit=1')
    return (body.runs as readonly FollowedRun[])[0]
  })

export const isRunning =
  (name: string) =>
  ({ steps }: FollowedRun): boolean =>
    steps.some((step) => step.name === name && step.state === 'running')

/** How many take-overs the processes have in their logs. */
export const countTakeOvers = (apis: readonly Console[]): number =>
  apis
    .flatMap(({ program }) => program.logs().split('\n'))
    .filter((line) => line.includes('"run_taken_over"')).length
