import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { CommandFailed } from '../command-failed.ts'

const HOST = '127.0.0.1'
const USUAL = 9090

/** The wanted port; else the usual one if nothing listens there, else a free one. @throws CommandFailed when the wanted one is taken */
export async function choosePort(wanted: number | undefined): Promise<number> {
  const port = await tryPort(wanted ?? USUAL)
  if (port !== undefined) return port
  if (wanted !== undefined) throw new CommandFailed(`port ${wanted} of ${HOST} is taken`)
  return (await tryPort(0)) ?? USUAL
}

/** The port, when one can listen on it now; with 0, any that is free. */
async function tryPort(wanted: number): Promise<number | undefined> {
  const server = createServer()
  try {
    server.listen(wanted, HOST)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo // not a path: it listens on a port
    return port
  } catch {
    return undefined
  } finally {
    server.close()
  }
}
