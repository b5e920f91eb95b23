import { parseArgs } from 'node:util'
import { closedLoop, openHttpLoad, wrongLogin } from './http-load.ts'

/**
 * `node bench/login-flood.ts --url URL --connections N --seconds N`: wrong passwords, as fast as they are answered; a process of its own, so
 * that who measures something else meanwhile does not wait for it. Writes what it was answered as a line of JSON.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '30' },
  },
})
const connections = Number(values.connections)
const answers: Record<string, number> = {}
let withoutRetryAfter = 0
let names = 0

using load = openHttpLoad(values.url, connections)
await closedLoop(connections, Number(values.seconds), async () => {
  const { status, headers } = await load.send(wrongLogin(`nobody-${names++}`))
  answers[status] = (answers[status] ?? 0) + 1
  if (status !== 401 && headers['retry-after'] === undefined) withoutRetryAfter += 1
})
console.log(JSON.stringify({ answers, withoutRetryAfter }))
