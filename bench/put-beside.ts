import { on } from 'node:events'
import { toUtf8 } from '@etcdmonitor/core/keys/bytes'
import { openKeyClient } from './key-client.ts'

/**
 * `put-beside.ts <url>`, forked: an etcd client of its own that puts 50 times a second, each put at its own time, from the message `begin`
 * to the message `end`, which is answered by how long each of them took, ms. It ends with the channel.
 */
const [url = ''] = process.argv.slice(2)
const EVERY = 20

const client = openKeyClient(url)
const put = async () => {
  const begun = performance.now()
  await client.put({ key: toUtf8('/twenty/0/000000'), value: toUtf8('x'), lease: 'keep' })
  return performance.now() - begun
}
let puts: Promise<number>[] = []
let timer: NodeJS.Timeout | undefined
await put()
const messages = on(process, 'message', { close: ['disconnect'] })
process.send?.('ready')
for await (const [message] of messages) {
  if (message === 'begin') {
    puts = []
    timer = setInterval(() => puts.push(put()), EVERY)
  } else {
    clearInterval(timer)
    process.send?.(await Promise.all(puts))
  }
}
await client[Symbol.asyncDispose]()
