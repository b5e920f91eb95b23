import * as grpc from '@grpc/grpc-js'

export interface Impostor extends AsyncDisposable {
  readonly url: string
}

/** Serves on a free port of 127.0.0.1, in plain text; whoever is connected in the end is cut off. */
export async function openImpostor(server: grpc.Server): Promise<Impostor> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
    error ? reject(error) : resolve(port),
  )
  return {
    url: `http://127.0.0.1:${await promise}`,
    async [Symbol.asyncDispose]() {
      server.forceShutdown()
    },
  }
}
