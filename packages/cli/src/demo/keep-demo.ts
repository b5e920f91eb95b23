import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@etcdmonitor/adapters/node/clock'
import { createLog } from '@etcdmonitor/adapters/node/log'
import type { Log } from '@etcdmonitor/core/ports/log'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { buildUi } from '../build-ui.ts'
import { startChild } from '../child-process.ts'
import { type EntryName, entryArgs } from '../entries.ts'
import { keepRunning } from '../keep-running.ts'
import { onListening } from '../listening.ts'
import { untilAborted } from '../stop-signals.ts'
import { type History, startHistory } from './history.ts'
import type { DemoAddress, KeeperMessage, KeeperOrder } from './keeper-messages.ts'
import { runLoad } from './load.ts'

const MEMBERS = 3
const ETCD_FLAGS = ['--quota-backend-bytes=67108864'] // small enough for its use to be seen moving
const INTERVAL_SECONDS = 5
const READY_LIMIT = 60_000
const never = new AbortController().signal

/**
 * Runs etcd, load, collector and API until `stop`, then ends them in the opposite order; `tell`s when the console listens.
 * @throws Error when one of them cannot run; all of them have ended then, too
 */
export async function keepDemo(
  order: KeeperOrder,
  tell: (message: KeeperMessage) => void,
  stop: AbortSignal,
): Promise<void> {
  const log = createLog(order.logLevel, { process: 'demo' })
  const ui = buildUi(undefined, stop)
  ui.catch(() => undefined) // told by the API's start, which waits for it
  await using cluster = await startEtcdCluster({
    members: MEMBERS,
    folder: etcdFolder(order),
    flags: ETCD_FLAGS,
  })
  using _reports = reportDeaths(cluster, log)
  await using influxdb = order.hasInfluxdb ? await startHistory(order) : undefined
  const { promise: listening, resolve } = Promise.withResolvers<string>()
  const service = (name: EntryName, until: AbortSignal) => {
    const config = writeConfig(order, {
      name,
      endpoints: cluster.endpoints,
      metrics: influxdb?.settings(name),
    })
    const program = { args: entryArgs(name, config), apart: false, onMessage: onListening(resolve) }
    const start = () => startChild(program)
    return keepRunning({ name, start, clock: systemClock, log }, { stop: until, force: never })
  }
  await using load = running((until) => runLoad({ endpoints: cluster.endpoints, clock: systemClock }, until))
  await using api = running((until) => ui.then(() => service('api', until)))
  await using collector = running((until) => service('collector', until))

  const trouble = Promise.race([load.ended, api.ended, collector.ended])
  const url = await Promise.race([listening, trouble, untilAborted(stop), tooLate(stop)])
  if (url !== undefined) tell({ ready: { ...toAddress(url, order, cluster.endpoints), ...influxdb?.shown } })
  await Promise.race([trouble, untilAborted(stop)])
}

interface Part extends AsyncDisposable {
  /** Rejects when it ends, unless it is disposed of: a part never ends by itself. */
  readonly ended: Promise<never>
}

function running(run: (until: AbortSignal) => Promise<unknown>): Part {
  const end = new AbortController()
  const done = run(end.signal)
  return {
    ended: done.then((code) => {
      throw new Error(`a part of the demo ended with ${code}; its own lines above say why`)
    }),
    async [Symbol.asyncDispose]() {
      end.abort()
      await Promise.allSettled([done]) // a failure was told through `ended`
    },
  }
}

async function tooLate(stop: AbortSignal): Promise<never> {
  await systemClock.sleep(READY_LIMIT, stop)
  throw new Error(`the console does not listen after ${READY_LIMIT / 1_000} s`)
}

/** One line for each member that ends, until disposed of. */
function reportDeaths({ members }: EtcdCluster, log: Log): Disposable {
  let over = false
  for (const { name, pid, exited } of members) {
    void exited.then((exit) => {
      if (!over) log.warn('etcd_member_ended', { member: name, pid, ...exit })
    })
  }
  return {
    [Symbol.dispose]() {
      over = true
    },
  }
}

function etcdFolder({ folder }: KeeperOrder): string {
  const path = join(folder, 'etcd')
  mkdirSync(path)
  return path
}

interface Service {
  readonly name: EntryName
  readonly endpoints: readonly string[]
  readonly metrics: ReturnType<History['settings']> | undefined
}

/** JSON is YAML. */
function writeConfig({ folder, port, logLevel }: KeeperOrder, { name, endpoints, metrics }: Service): string {
  const file = join(folder, `${name}.yaml`)
  const config = {
    etcd: { endpoint: endpoints },
    server: { listen: `127.0.0.1:${port}` },
    collector: { interval: INTERVAL_SECONDS, discovery_interval: INTERVAL_SECONDS },
    storage: { data_dir: folder, ...(metrics && { metrics }) },
    log: { level: logLevel },
  }
  writeFileSync(file, JSON.stringify(config, undefined, 2))
  return file
}

/** The one place where the first password is shown: its data folder is thrown away (`security.md` 6). */
const toAddress = (url: string, { folder }: KeeperOrder, etcd: readonly string[]): DemoAddress => ({
  url,
  username: 'admin',
  password: readFileSync(join(folder, 'initial-admin-password'), 'utf8').trim(),
  etcd,
  data: folder,
})
