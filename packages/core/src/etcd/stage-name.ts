import type { EtcdFailure } from './failure.ts'

/** Where it failed, for people: by `http://` there is no TLS, but the first answer is waited for in its place. */
export const stageName = ({ stage, endpoint }: Pick<EtcdFailure, 'stage' | 'endpoint'>): string =>
  stage === 'tls' && endpoint.startsWith('http:') ? 'http/2' : stage
