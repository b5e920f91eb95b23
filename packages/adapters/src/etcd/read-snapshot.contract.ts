import * as grpc from '@grpc/grpc-js'
import { loadSchema } from './connection/schema.ts'
import type { SnapshotMessage } from './maintenance/verify-snapshot.ts'

/** The snapshot stream of a member read by gRPC alone, at its full pace, and thrown away. @returns bytes that came, with the trailing hash */
export async function readSnapshot(url: string): Promise<number> {
  const { Maintenance } = loadSchema()
  const client = new Maintenance(new URL(url).host, grpc.credentials.createInsecure(), {
    'grpc-node.flow_control_window': 1_048_576, // as ours: the default is slower
  })
  try {
    const call = client as unknown as Record<
      'Snapshot',
      (of: object) => grpc.ClientReadableStream<SnapshotMessage>
    >
    const stream = call.Snapshot({})
    let bytes = 0
    stream.on('data', ({ blob }: SnapshotMessage) => {
      bytes += blob.length
    })
    await new Promise<void>((resolve, reject) => stream.once('end', resolve).once('error', reject))
    return bytes
  } finally {
    client.close()
  }
}
