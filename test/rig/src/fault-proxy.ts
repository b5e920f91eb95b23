import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Lane, startLane } from './fault-lane.ts'
import type { LaneMode } from './lane-mode.ts'

/**
 * What the proxy does. `refuse` closes the listening socket; `blackhole` accepts and forwards nothing. The modes of
 * lanes go for one direction, `down` (to the client) where none is given for a limit, flip or headers, else for both.
 */
export type FaultMode =
  | { readonly mode: 'refuse' }
  | { readonly mode: 'blackhole' }
  | (LaneMode & { readonly direction?: 'up' | 'down' })

export interface FaultCounts {
  /** Accepted since the start. */
  readonly connections: number
  readonly open: number
  /** Bytes sent on to the target, and to clients. */
  readonly up: number
  readonly down: number
}

export interface FaultProxy extends AsyncDisposable {
  readonly port: number
  /** The target's, with the proxy's address and without a path. */
  readonly url: string
  /** New connections take it; open ones only when it is `stall`, `cutAfter` or `resetAfter`. */
  set(mode: FaultMode): Promise<void>
  counts(): FaultCounts
}

interface Lanes {
  readonly up: Lane
  readonly down: Lane
}

const PASS = { mode: 'pass' } as const
const CHANGES_OPEN: readonly string[] = ['stall', 'cutAfter', 'resetAfter']
const ONE_WAY: readonly string[] = ['cutAfter', 'resetAfter', 'flip', 'closeAfterHeaders']

/** A TCP proxy on a free port of 127.0.0.1 in front of `target`, a URL with host and port; begins with `pass`. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let current: FaultMode = PASS
  const counts = { connections: 0, up: 0, down: 0 }
  const open = new Map<Socket, Lanes | undefined>()

  const server = createServer({ allowHalfOpen: true }, (client) => {
    counts.connections += 1
    const close = track(client, () => open.delete(client))
    const isForwarded = current.mode !== 'refuse' && current.mode !== 'blackhole'
    const lanes = isForwarded ? forward(client, close, new URL(target), counts) : undefined
    open.set(client, lanes)
    if (lanes) apply(lanes, current)
    else client.resume() // else its end would not be noticed
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // it listens on TCP

  return {
    port,
    url: `${new URL(target).protocol}//127.0.0.1:${port}`,
    async set(mode) {
      current = mode
      if (mode.mode === 'refuse') server.close()
      else if (!server.listening) await once(server.listen(port, '127.0.0.1'), 'listening')
      if (CHANGES_OPEN.includes(mode.mode)) for (const lanes of open.values()) apply(lanes, mode)
    },
    counts: () => ({ ...counts, open: open.size }),
    async [Symbol.asyncDispose]() {
      for (const client of open.keys()) client.destroy()
      if (server.listening) await new Promise((resolve) => server.close(resolve))
    },
  }
}

function forward(
  client: Socket,
  closeClient: () => void,
  { hostname, port }: URL,
  counts: { up: number; down: number },
): Lanes {
  const upstream = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
  client.once('close', track(upstream, closeClient))
  const counted = (direction: 'up' | 'down') => (bytes: number) => {
    counts[direction] += bytes
  }
  return {
    up: startLane({ from: client, to: upstream, onBytes: counted('up') }, PASS),
    down: startLane({ from: upstream, to: client, onBytes: counted('down') }, PASS),
  }
}

/** Calls `onClose` when the socket has closed; errors (resets, refusals) close it and are no more than that. */
function track(socket: Socket, onClose: () => void): () => void {
  socket.on('error', () => socket.destroy())
  socket.once('close', onClose)
  return () => void socket.destroy()
}

function apply(lanes: Lanes | undefined, mode: FaultMode): void {
  if (!lanes || mode.mode === 'refuse' || mode.mode === 'blackhole') return
  const direction = mode.direction ?? (ONE_WAY.includes(mode.mode) ? 'down' : undefined)
  if (direction !== 'down') lanes.up.set(mode)
  if (direction !== 'up') lanes.down.set(mode)
}
