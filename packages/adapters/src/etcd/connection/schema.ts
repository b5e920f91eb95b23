import { createRequire } from 'node:module'
import path from 'node:path'
import * as grpc from '@grpc/grpc-js'
import * as protoLoader from '@grpc/proto-loader'
import protobuf from 'protobufjs'

/** What etcd after the release of etcd3's proto file added, by field number; old servers never send it (etcd.md 2.1). */
export const ADDED_FIELDS = {
  StatusResponse: { storageVersion: [11, 'string'], dbSizeQuota: [12, 'int64'] },
  HashKVResponse: { hash_revision: [4, 'int64'] },
  SnapshotResponse: { version: [4, 'string'] },
} as const

export type EtcdService = 'Maintenance' | 'Cluster' | 'Lease' | 'Auth' | 'KV'

/** Constructors of grpc clients whose methods are found by name, such as `MemberList`. */
export type EtcdSchema = Readonly<Record<EtcdService, grpc.ServiceClientConstructor>>

/** etcd's services, from the proto file of the installed `etcd3`. 64-bit integers are decimal strings, enums are names, absent fields defaults. The answer of KV.Range stays bytes: decoding a page of 50,000 keys at once would block the process. */
export function loadSchema(): EtcdSchema {
  const root = new protobuf.Root()
  root.resolvePath = (from, to) => (from ? path.join(path.dirname(from), to) : to)
  root.loadSync(createRequire(import.meta.url).resolve('etcd3/proto/rpc.proto'), { keepCase: true })
  addFields(root)
  const definition = protoLoader.fromJSON(root.toJSON(), {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  })
  leaveBytes(definition)
  const { etcdserverpb } = grpc.loadPackageDefinition(definition)
  return etcdserverpb as unknown as EtcdSchema // the package of that file, which has these services
}

function leaveBytes(definition: protoLoader.PackageDefinition): void {
  const range = (definition['etcdserverpb.KV'] as protoLoader.ServiceDefinition).Range // of that file
  if (range) range.responseDeserialize = (bytes) => bytes
}

function addFields(root: protobuf.Root): void {
  for (const [message, fields] of Object.entries(ADDED_FIELDS)) {
    const type = root.lookupType(`etcdserverpb.${message}`)
    for (const [name, [id, kind]] of Object.entries(fields)) {
      if (!(name in type.fields)) type.add(new protobuf.Field(name, id, kind))
    }
  }
}
