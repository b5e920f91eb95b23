import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LogLevel } from '@etcdmonitor/core/ports/log'
import { ensureServer } from '@etcdmonitor/rig/servers'
import { CommandFailed } from '../command-failed.ts'
import { EXIT } from '../exit-codes.ts'
import { onStopSignals, type Stop, untilAborted } from '../stop-signals.ts'
import { choosePort } from './choose-port.ts'
import type { DemoAddress, KeeperMessage, KeeperOrder } from './keeper-messages.ts'
import { killGroup } from './process-group.ts'

/** From the first signal on; the keeper needs a few seconds. */
const END_LIMIT = 20_000

export interface FrontOptions {
  readonly port: number | undefined
  readonly logLevel: LogLevel
  readonly hasInfluxdb: boolean
  /** Called once, when the console listens. */
  readonly print: (address: DemoAddress) => void
}

/**
 * The demo as its user meets it: prints and takes the signals; the keeper does the work (`architecture.md` D18). Whichever
 * of the two is killed, the other ends all processes and removes the folder. Returns the exit code.
 * @throws CommandFailed
 */
export async function runFront({ port, print, ...asked }: FrontOptions): Promise<number> {
  for (const name of asked.hasInfluxdb ? (['etcd', 'influxd'] as const) : (['etcd'] as const)) {
    const server = await ensureServer(name)
    if ('missing' in server) throw new CommandFailed(server.missing)
  }
  const chosen = await choosePort(port)
  using stop = onStopSignals(['SIGINT', 'SIGTERM', 'SIGHUP'])
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-demo-'))
  try {
    return await runKeeper({ ...asked, folder, port: chosen }, print, stop)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

async function runKeeper(
  order: KeeperOrder,
  print: (address: DemoAddress) => void,
  { stop, force }: Stop,
): Promise<number> {
  const keeper = startKeeper(order)
  let failure: string | undefined
  keeper.on('message', (message: KeeperMessage) => {
    if ('ready' in message) print(message.ready)
    else failure = message.failed
  })
  const exited = new Promise<string | number | null>((resolve) => {
    keeper.once('exit', (code, signal) => resolve(signal ?? code))
  })
  const unasked = await Promise.race([exited, untilAborted(stop)])
  if (stop.aborted && keeper.connected) keeper.disconnect()
  const overrun = AbortSignal.any([force, AbortSignal.timeout(END_LIMIT)])
  const end = unasked ?? (await Promise.race([exited, untilAborted(overrun)]))
  if (keeper.pid !== undefined) await killGroup(keeper.pid)
  if (stop.aborted) return end === EXIT.done ? EXIT.done : EXIT.failed
  throw new CommandFailed(failure ?? `the demo's keeper ended with ${end}; everything was ended with it`)
}

/** In a session of its own: signals of the terminal are for us. What it prints is log; our standard output is for the address. */
function startKeeper(order: KeeperOrder): ChildProcess {
  const file = fileURLToPath(new URL('keeper.ts', import.meta.url))
  const env = Object.entries(process.env).filter(([name]) => !/^ETCDMONITOR_(?!TEST_)/.test(name))
  return spawn(process.execPath, [file, JSON.stringify(order)], {
    detached: true,
    env: Object.fromEntries(env), // settings of somebody's own cluster are not for the demo's
    stdio: ['ignore', 2, 2, 'ipc'],
  })
}
