/** What the API tells its parent, beside the log line of the same name, when it accepts connections. */
interface Listening {
  readonly event: 'api_listening'
  readonly address: string
  readonly port: number
  readonly tls: boolean
}

const tells = (message: unknown, event: string): message is { readonly event: string } =>
  typeof message === 'object' && message !== null && 'event' in message && message.event === event

const isListening = (message: unknown): message is Listening => tells(message, 'api_listening')

/** The collector is the one of its data folder. */
export const isCollecting = (message: unknown): boolean => tells(message, 'collector_started')

/** A reader of the API's messages that calls `act` the first time with the URL that a browser on this machine can open. */
export function onListening(act: (url: string) => void): (message: unknown) => void {
  let told = false
  return (message) => {
    if (told || !isListening(message)) return
    told = true
    act(toUrl(message))
  }
}

function toUrl({ address, port, tls }: Listening): string {
  const scheme = tls ? 'https' : 'http'
  if (['', '::', '0.0.0.0'].includes(address)) return `${scheme}://localhost:${port}`
  return `${scheme}://${address.includes(':') ? `[${address}]` : address}:${port}`
}
