import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { Console } from '../console/console.ts'

export interface StalledDownload {
  /** Takes what comes, to the end, which is a clean one or not. */
  takeRest(): Promise<'whole' | 'broken'>
}

/** A download whose client takes the first piece and then nothing, so that the console can send no more than the kernel keeps. */
export async function openDownload(
  { url }: Pick<Console, 'url'>,
  path: string,
  token: string,
): Promise<StalledDownload> {
  const sent = get(url + path, { headers: { authorization: `Bearer ${token}` } })
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  if (answer.statusCode !== 200) throw new Error(`${path} is answered ${answer.statusCode}`)
  const pieces: AsyncIterator<unknown> = answer[Symbol.asyncIterator]()
  await pieces.next()
  return {
    async takeRest() {
      try {
        while (!(await pieces.next()).done);
        return 'whole'
      } catch {
        return 'broken' // the connection ended before the body did
      }
    },
  }
}
