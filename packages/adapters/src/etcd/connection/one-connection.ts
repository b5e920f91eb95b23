import { callError } from './call-error.ts'
import type { EtcdChannel } from './channel.ts'

/** For calls of which a later one relies on who answered the first: all go over one connection. Empty before the first. */
export interface OneConnection {
  used?: { readonly channel: EtcdChannel; readonly number: number }
}

/** @throws EtcdCallError `wrong_member`, nothing was sent, when this is not the connection of the calls before */
export function keepTo(one: OneConnection, channel: EtcdChannel, method: string): void {
  const number = channel.connections()
  one.used ??= { channel, number }
  if (one.used.channel === channel && one.used.number === number) return
  throw callError(
    'wrong_member',
    { endpoint: channel.target.url, method, sent: false },
    'the connection was made anew between the look at who answers there and the call',
  )
}
