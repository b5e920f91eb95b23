import { setTimeout as sleep } from 'node:timers/promises'
import { httpCall } from '@etcdmonitor/rig/http-call'

/** One Status of a member that was answered, Unix ms. */
export interface Answered {
  readonly member: number
  readonly askedAt: number
  readonly answeredAt: number
}

const EVERY = 50

/** Asks each member by itself for its Status, again and again, until `signal` aborts. Gives what was answered. */
export async function watchMembers(
  endpoints: readonly string[],
  signal: AbortSignal,
): Promise<readonly Answered[]> {
  const answers: Answered[] = []
  const watch = async (url: string, member: number) => {
    while (!signal.aborted) {
      const askedAt = Date.now()
      const answer = await httpCall({ url: `${url}/v3/maintenance/status`, json: {} }).catch(() => undefined)
      if (answer?.status === 200) answers.push({ member, askedAt, answeredAt: Date.now() })
      await sleep(EVERY)
    }
  }
  await Promise.all(endpoints.map(watch))
  return answers
}
