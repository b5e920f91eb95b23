import { once } from 'node:events'
import * as grpc from '@grpc/grpc-js'
import { loadSchema } from './connection/schema.ts'
import { type Impostor, openImpostor } from './impostor.contract.ts'

const SERVICES = ['Maintenance', 'Cluster', 'KV', 'Lease', 'Auth'] as const
const same = (bytes: Buffer): Buffer => bytes
const asBytes = {
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
}
type Raw = Record<string, (request: Buffer, metadata: grpc.Metadata, ...more: unknown[]) => unknown>

/** A member's gRPC by another address, all of it as it is but for snapshots, of which `keep` says what goes on. */
export async function relayEtcd(
  target: string,
  keep: (messages: AsyncIterable<Buffer>) => AsyncIterable<Buffer>,
): Promise<Impostor> {
  const server = new grpc.Server()
  const clients: grpc.Client[] = []
  const schema = loadSchema() // of messages too
  for (const name of SERVICES) {
    const { service } = schema[name]
    const methods = Object.entries(service).map(([method, of]) => [method, { ...of, ...asBytes }] as const)
    const raw: grpc.ServiceDefinition = Object.fromEntries(methods)
    const Client = grpc.makeGenericClientConstructor(raw, name)
    const client = new Client(new URL(target).host, grpc.credentials.createInsecure())
    clients.push(client)
    const forward = client as unknown as Raw // made from the same definition
    server.addService(
      raw,
      Object.fromEntries(
        methods
          .filter(([, { requestStream }]) => !requestStream)
          .map(([method]) => [method, method === 'Snapshot' ? snapshot : unary(method)]),
      ),
    )

    function unary(method: string): grpc.handleUnaryCall<Buffer, Buffer> {
      return ({ request, metadata }, done) => void forward[method]?.(request, metadata, done)
    }

    async function snapshot(call: grpc.ServerWritableStream<Buffer, Buffer>): Promise<void> {
      const upstream = forward.Snapshot?.(call.request, call.metadata) as grpc.ClientReadableStream<Buffer>
      call.once('cancelled', () => upstream.cancel())
      try {
        for await (const message of keep(upstream)) if (!call.write(message)) await once(call, 'drain')
        call.end()
      } catch (error) {
        call.emit('error', error)
      }
    }
  }
  const impostor = await openImpostor(server)
  return {
    url: impostor.url,
    async [Symbol.asyncDispose]() {
      await impostor[Symbol.asyncDispose]()
      for (const client of clients) client.close()
    },
  }
}
