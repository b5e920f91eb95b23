import type { EndpointAnswer } from '../../api/answers.ts'
import { endpointState } from '../shell/health-model.ts'

/** In the order in which they are passed. */
export const STAGES = ['dns', 'tcp', 'tls', 'auth', 'quorum', 'ready'] as const
export type Stage = (typeof STAGES)[number]

/** `unused`: there is nothing to pass, such as TLS of http://. `limited`: passed, but not with every right. */
export type StageMark = 'passed' | 'limited' | 'failed' | 'not_reached' | 'waiting' | 'unused'

/** How far an endpoint was reached, stage by stage; `isLimited`: our etcd user lacks the root role. */
export function stageMarks(endpoint: EndpointAnswer, isLimited = false): Readonly<Record<Stage, StageMark>> {
  const state = endpointState(endpoint)
  const reached = STAGES.indexOf(endpoint.stage)
  const isPlain = endpoint.endpoint.startsWith('http:')
  const markOf = (stage: Stage, at: number): StageMark => {
    if (state === 'waiting') return 'waiting'
    const isBeyond = state === 'failed' && at > reached
    if (isBeyond) return 'not_reached'
    if (state === 'failed' && at === reached) return 'failed'
    if (stage === 'auth' && isLimited) return 'limited'
    return stage === 'tls' && isPlain ? 'unused' : 'passed'
  }
  return Object.fromEntries(STAGES.map((stage, at) => [stage, markOf(stage, at)])) as Record<Stage, StageMark>
}
