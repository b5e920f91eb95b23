import { lookup } from 'node:dns/promises'
import { connect, isIP, type Socket } from 'node:net'
import type { Clock } from '@etcdmonitor/core/time'
import type { UrlParts } from '../connection/address-policy.ts'
import { type CallBudget, within } from '../connection/call-budget.ts'
import { type CallContext, callError, type EtcdCallError, toCallError } from '../connection/call-error.ts'

interface Reaching {
  readonly clock: Pick<Clock, 'sleep'>
  readonly budget: CallBudget
  readonly context: CallContext
}

/** All addresses of a host; an address is its own. @throws EtcdCallError `dns` */
export async function lookUpAll(
  host: string,
  { clock, budget, context }: Reaching,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host]
  const found = lookup(host, { all: true }).catch((error: unknown) => {
    throw callError('dns', context, error instanceof Error ? error.message : '', error)
  })
  const late = () => callError('dns', context, `no answer for ${host} in time`)
  const addresses = (await within({ promise: found, budget, clock }, late)).map(({ address }) => address)
  if (addresses.length === 0) throw callError('dns', context, `no address for ${host}`)
  return addresses
}

export interface Reached {
  readonly address: string
  /** Open. Closed by the caller. */
  readonly socket: Socket
}

/** A next address is tried when the one before has failed, or has not answered for so long. */
const HEAD_START = 250

/** The first address that takes a connection. A connection that is left without a word is a line in the log of etcd, so no second one is made. @throws EtcdCallError of the first address */
export async function reachOne(
  addresses: readonly string[],
  { port }: Pick<UrlParts, 'port'>,
  { clock, budget, context }: Reaching,
): Promise<Reached> {
  const sockets: Socket[] = []
  const start = async (address: string): Promise<Reached> => {
    const socket = connect({ host: address, port })
    sockets.push(socket)
    await connected(socket, context)
    return { address, socket }
  }
  let found: Reached | undefined
  const tries: Promise<Reached>[] = []
  const tryInTurn = async (): Promise<Reached> => {
    for (const address of addresses) {
      const trying = start(address)
      tries.push(trying)
      const waiting = new AbortController()
      const late = clock.sleep(HEAD_START, waiting.signal).then(() => undefined)
      found = await Promise.race([trying, late]).catch(() => undefined)
      waiting.abort()
      if (found) return found
    }
    return Promise.any(tries)
  }
  try {
    found = await within({ promise: tryInTurn(), budget, clock }, () =>
      callError('timeout', context, 'no connection in time: a firewall, or a wrong address'),
    )
    return found
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  } finally {
    for (const trying of tries) trying.catch(() => undefined)
    for (const socket of sockets) if (socket !== found?.socket) socket.destroy()
  }
}

function connected(socket: Socket, context: CallContext): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  socket.once('connect', resolve)
  socket.on('error', (error) => reject(asRefusal(toCallError(error, context), context)))
  socket.on('close', () => reject(callError('refused', context, 'closed')))
  return promise
}

/** Whatever ends a connection before it is one. */
const asRefusal = (error: EtcdCallError, context: CallContext): EtcdCallError =>
  error.failure.stage === 'tcp' ? error : callError('refused', context, error.failure.message, error)
