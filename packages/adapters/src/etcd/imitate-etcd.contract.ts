import * as grpc from '@grpc/grpc-js'
import { type EtcdService, loadSchema } from './connection/schema.ts'
import { type Impostor, openImpostor } from './impostor.contract.ts'

const schema = loadSchema()

export const HEADER = {
  cluster_id: '14841639068965178418',
  member_id: '18446744073709551615',
  revision: '1',
  raft_term: '2',
}
export const STATUS = {
  header: HEADER,
  version: '3.5.30',
  leader: HEADER.member_id,
  raftTerm: '2',
  dbSize: '1',
}
export const MEMBER = {
  ID: HEADER.member_id,
  name: 'alpha',
  peerURLs: ['http://a:2380'],
  clientURLs: [] as string[],
  isLearner: false,
}

/** What a call is answered with; with a code it is an error. */
export type Reply = object | { readonly code: grpc.status; readonly details: string }
export type Answer = Reply | (() => Reply)

export const unknownCall = { code: grpc.status.UNIMPLEMENTED, details: 'unknown method' }
export const denied = { code: grpc.status.PERMISSION_DENIED, details: 'etcdserver: permission denied' }

/** A unary call that is always answered so. */
export const always =
  (given: Answer): grpc.UntypedHandleCall =>
  (_: unknown, done: grpc.sendUnaryData<object>) => {
    const answer: Reply = typeof given === 'function' ? given() : given
    if ('code' in answer) done(answer)
    else done(null, answer)
  }

/** Something that answers as told, on a free port of 127.0.0.1; methods that are not named are not implemented. */
export function imitateEtcd(
  services: Partial<Record<EtcdService, grpc.UntypedServiceImplementation>>,
): Promise<Impostor> {
  const server = new grpc.Server()
  for (const [name, methods] of Object.entries(services)) {
    const { service } = schema[name as EtcdService] // a key of the argument
    server.addService(service, methods)
  }
  return openImpostor(server)
}
