import type { Clock } from '@etcdmonitor/core/time'

const CALL_LIMIT = 2_000
/** A member that did not answer is left alone as long. */
const COOL_DOWN = 5_000

type Answer = Readonly<Record<string, unknown>>

export interface EtcdGateway {
  /** POST of `body` to `/v3/<path>` of the next member. Undefined when it failed: the load makes no fuss about it. */
  call(path: string, body: object): Promise<Answer | undefined>
  /** The same for the member at `index` alone. */
  callMember(index: number, path: string, body: object): Promise<Answer | undefined>
  /** Follows a stream of a member to its end, or to the gateway's. */
  follow(index: number, path: string, body: object): Promise<void>
}

/** etcd's JSON gateway: keys and values in base64, integers as text. Everything ends when `signal` aborts. */
export function etcdGateway(endpoints: readonly string[], clock: Clock, signal: AbortSignal): EtcdGateway {
  const restUntil = endpoints.map(() => 0)
  let turn = 0
  const post = (index: number, path: string, body: object, until: AbortSignal) =>
    fetch(`${endpoints[index]}/v3/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      redirect: 'error',
      signal: until,
    })

  const callMember: EtcdGateway['callMember'] = async (index, path, body) => {
    try {
      const response = await post(
        index,
        path,
        body,
        AbortSignal.any([signal, AbortSignal.timeout(CALL_LIMIT)]),
      )
      const answer = (await response.json()) as Answer // the gateway's answers are objects
      return response.ok ? answer : undefined
    } catch {
      restUntil[index] = clock.monotonic() + COOL_DOWN
      return undefined
    }
  }
  return {
    callMember,
    async call(path, body) {
      turn += 1
      const order = endpoints.map((_, offset) => (turn + offset) % endpoints.length)
      const index = order.find((candidate) => (restUntil[candidate] ?? 0) <= clock.monotonic())
      return index === undefined ? undefined : callMember(index, path, body)
    },
    async follow(index, path, body) {
      try {
        const response = await post(index, path, body, signal)
        await response.body?.pipeTo(new WritableStream())
      } catch {
        // the member died, or we are to end: the caller knows
      }
    },
  }
}
