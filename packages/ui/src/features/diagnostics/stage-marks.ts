import type { EndpointAnswer } from '../../api/answers.ts'
import { endpointState } from '../shell/health-model.ts'

/** In the order in which they are passed. */
export const STAGES = ['dns', 'tcp', 'tls', 'auth', 'quorum', 'ready'] as const
export type Stage = (typeof STAGES)[number]

/** `unused`: there is nothing to pass, such as TLS of http://. */
export type StageMark = 'passed' | 'failed' | 'not_reached' | 'waiting' | 'unused'

/** How far an endpoint was reached, stage by stage. */
export function stageMarks(endpoint: EndpointAnswer): Readonly<Record<Stage, StageMark>> {
  const state = endpointState(endpoint)
  const reached = STAGES.indexOf(endpoint.stage)
  const isPlain = endpoint.endpoint.startsWith('http:')
  const markOf = (stage: Stage, at: number): StageMark => {
    if (state === 'waiting') return 'waiting'
    const isBeyond = state === 'failed' && at > reached
    if (isBeyond) return 'not_reached'
    if (state === 'failed' && at === reached) return 'failed'
    return stage === 'tls' && isPlain ? 'unused' : 'passed'
  }
  return Object.fromEntries(STAGES.map((stage, at) => [stage, markOf(stage, at)])) as Record<Stage, StageMark>
}
