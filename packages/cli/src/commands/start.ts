import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { loadConfig } from '@etcdmonitor/adapters/node/load-config'
import { createLog } from '@etcdmonitor/adapters/node/log'
import { buildUi, isCheckout } from '../build-ui.ts'
import { startChild } from '../child-process.ts'
import { type EntryName, entryArgs } from '../entries.ts'
import { EXIT } from '../exit-codes.ts'
import { keepRunning } from '../keep-running.ts'
import { isCollecting, onListening } from '../listening.ts'
import { onStopSignals } from '../stop-signals.ts'

/** API and collector as two children, until a signal; `reliability.md` 7. @throws StartRefused */
export async function start({ config: file }: { readonly config?: string | undefined }): Promise<number> {
  const { config } = loadConfig({ file, env: process.env })
  if (isCheckout()) await buildUi()
  // not SIGHUP: nohup ignores it, and where it ends us the end of the channel ends the children
  using asked = onStopSignals(['SIGINT', 'SIGTERM'])
  const refused = new AbortController()
  const stop = { stop: AbortSignal.any([asked.stop, refused.signal]), force: asked.force }
  const log = createLog(config.log.level, { process: 'start' })

  const run = async (name: EntryName, onMessage?: (message: unknown) => void): Promise<number> => {
    // apart: what ends us by a signal of the terminal would reach them twice, and the second one means "at once"
    const program = { args: entryArgs(name, file), apart: true, onMessage }
    const code = await keepRunning({ name, start: () => startChild(program), clock: systemClock, log }, stop)
    if (code === EXIT.refused) refused.abort()
    return code
  }
  // both: where another collector has the data folder we end, and should not have shown its data as ours
  const listening = Promise.withResolvers<string>()
  const collecting = Promise.withResolvers<void>()
  void Promise.all([listening.promise, collecting.promise]).then(([url]) =>
    console.error(greeting(url, config.storage.data_dir)),
  )
  const runs = [
    run('collector', (message) => isCollecting(message) && collecting.resolve()),
    run('api', onListening(listening.resolve)),
  ]
  return Math.max(...(await Promise.all(runs)))
}

function greeting(url: string, dataDir: string): string {
  const password = join(dataDir, 'initial-admin-password')
  const first = existsSync(password) ? `\nthe first password of admin is in ${password}` : ''
  return `etcdmonitor listens on ${url}${first}`
}
