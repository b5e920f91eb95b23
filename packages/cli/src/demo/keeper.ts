import { rmSync } from 'node:fs'
import { EXIT } from '../exit-codes.ts'
import { onStopSignals } from '../stop-signals.ts'
import { keepDemo } from './keep-demo.ts'
import type { KeeperMessage, KeeperOrder } from './keeper-messages.ts'

// The front's file is where our log goes; when its terminal is closed that gives EIO.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

const order = JSON.parse(process.argv[2] ?? '') as KeeperOrder // written by the front of the same version
const tell = (message: KeeperMessage) => void (process.connected && process.send?.(message))

using asked = onStopSignals(['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect'])
try {
  await keepDemo(order, tell, asked.stop)
} catch (error) {
  tell({ failed: error instanceof Error ? error.message : String(error) })
  process.exitCode = EXIT.failed
} finally {
  rmSync(order.folder, { recursive: true, force: true })
  if (process.connected) process.disconnect?.() // an open channel would keep us alive
}
