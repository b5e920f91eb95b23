import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Below the ports that Linux gives to outgoing connections, so that a member that is down keeps its own. */
const LOWEST = 10_000
const HIGHEST = 32_000
/** Files that run at once take from different parts: the port of a member that is down is free to all. */
const PARTS = 4
const MAX_TRIES = 1_000

/** `count` different ports of 127.0.0.1 on which nothing listens now. Nothing reserves them. */
export async function freePorts(count: number): Promise<number[]> {
  const [from, to] = partOf(process.env.VITEST_POOL_ID)
  const ports = new Set<number>()
  for (let tries = 0; ports.size < count; tries += 1) {
    if (tries === MAX_TRIES) throw new Error(`no ${count} free ports between ${from} and ${to}`)
    const port = randomInt(from, to)
    if (await isFree(port)) ports.add(port)
  }
  return [...ports]
}

/** Vitest numbers its workers from 1; who is none has all. */
function partOf(worker: string | undefined): readonly [number, number] {
  if (worker === undefined) return [LOWEST, HIGHEST]
  const width = (HIGHEST - LOWEST) / PARTS
  const from = LOWEST + width * ((Number(worker) - 1) % PARTS)
  return [from, from + width]
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
