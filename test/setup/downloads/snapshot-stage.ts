import { randomBytes } from 'node:crypto'
import { type EtcdCluster, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { type Console, startConsole } from '../console/console.ts'
import { etcdGateway } from '../etcd/etcd-gateway.ts'
import { eventually } from '../eventually.ts'

/** Of base64 each: below the limit of a request. */
const VALUE_BYTES = 750_000

/** What stands between the console and its only member. */
export interface Front extends AsyncDisposable {
  readonly url: string
}

export interface SnapshotStageOptions<F extends Front> {
  /** Else the server `etcd`. */
  readonly binary?: string
  readonly front: (target: string) => Promise<F>
  /** The database has a little more. */
  readonly megabytes: number
  readonly env?: Readonly<Record<string, string>>
}

export interface RunShown {
  readonly id: string
  readonly state: string
  readonly error: { readonly code: string } | null
  readonly result: Readonly<Record<string, unknown>> | null
  readonly progress: { readonly done: number } | null
  /** Unix seconds. */
  readonly updated_at: number
}

export interface EntryShown {
  readonly run_id: string
  readonly outcome: string
  readonly code: string
}

export interface SnapshotStage<F extends Front> extends AsyncDisposable {
  readonly front: F
  readonly servers: EtcdCluster
  /** The API that runs now, signed in. */
  console(): Console
  /** Another process on the data of the one before, which was killed. */
  startAgain(): Promise<void>
  /** Address of a download that may begin, once there is one. */
  ticketUrl(): Promise<string>
  run(id: string): Promise<RunShown>
  untilEnded(id: string): Promise<RunShown>
  /** What the audit log has of snapshots. */
  entries(): Promise<readonly EntryShown[]>
}

/** One member with random data, and an API of its own that reaches it through `front` alone: that is what the member says to be. */
export async function openSnapshotStage<F extends Front>(
  options: SnapshotStageOptions<F>,
): Promise<SnapshotStage<F>> {
  await using held = new AsyncDisposableStack()
  const ports = await freePorts(2)
  const front = held.use(await options.front(`http://127.0.0.1:${ports[0]}`))
  const servers = held.use(
    await startEtcdCluster({
      ...{ members: 1, ports, flags: [`--advertise-client-urls=${front.url}`] },
      ...(options.binary !== undefined && { binary: options.binary }),
    }),
  )
  await fill(servers.endpoints[0] ?? '', options.megabytes)
  const start = (env: Readonly<Record<string, string>> = {}) =>
    startConsole({ endpoints: [front.url], command: 'api', env: { ...options.env, ...env } })
  const first = held.use(await start())
  let console = first
  await console.signIn()
  const kept = held.move()

  async function run(id: string): Promise<RunShown> {
    const { body } = await console.get(`/api/ops/runs/${id}`)
    return body as unknown as RunShown
  }

  return {
    front,
    servers,
    console: () => console,
    async startAgain() {
      await console.program.kill()
      console = kept.use(await start({ ETCDMONITOR_STORAGE_DATA_DIR: first.folder }))
      await console.signIn()
    },
    ticketUrl: () =>
      eventually('a ticket', async () => {
        const { status, body } = await console.post('/api/ops/snapshot/ticket', {})
        return status === 200 && `${console.url}${body.url}`
      }),
    run,
    untilEnded: (id) =>
      eventually(
        `the end of run ${id}`,
        async () => {
          const found = await run(id)
          return found.state !== 'running' && found
        },
        60_000,
      ),
    async entries() {
      const { body } = await console.get('/api/ops/audit-logs?operation=snapshot&page_size=1000')
      return body.entries as readonly EntryShown[]
    },
    [Symbol.asyncDispose]: () => kept[Symbol.asyncDispose](),
  }
}

async function fill(url: string, megabytes: number): Promise<void> {
  const { put } = etcdGateway(url)
  for (let number = 0; number < megabytes; number += 1)
    await put(`/random/${number}`, randomBytes(VALUE_BYTES).toString('base64'))
}
