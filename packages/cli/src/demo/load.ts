import type { Clock } from '@etcdmonitor/core/time'
import { type EtcdGateway, etcdGateway } from './etcd-gateway.ts'
import { planSecond, type SecondPlan } from './load-plan.ts'

/** The calls of a second are spread over as many instants. */
const SLOTS = 20
/** Orders there can be: more puts write over the oldest, so the database stays small. */
const ORDERS = 2_000
const SESSION_SECONDS = 20
const COMPACT_EVERY = 45
const DEFRAGMENT_EVERY = 150
const WATCH_AGAIN = 1_000

export interface LoadOptions {
  readonly endpoints: readonly string[]
  readonly clock: Clock
}

/** Keeps a cluster busy until `signal` aborts: puts, reads, deletes, transactions, leases, watches, compactions. */
export async function runLoad({ endpoints, clock }: LoadOptions, signal: AbortSignal): Promise<void> {
  const etcd = etcdGateway(endpoints, clock, signal)
  const watching = endpoints.map((_, index) => watchOrders(etcd, index, clock, signal))
  for (let second = 0; !signal.aborted; second += 1) {
    await Promise.all([
      runSecond(etcd, planSecond(second), second, clock, signal),
      housekeep(etcd, second, endpoints),
    ])
  }
  await Promise.all(watching)
}

async function runSecond(
  etcd: EtcdGateway,
  plan: SecondPlan,
  second: number,
  clock: Clock,
  signal: AbortSignal,
) {
  const calls = toCalls(etcd, plan, second)
  const begun = clock.monotonic()
  for (let slot = 0; slot < SLOTS && !signal.aborted; slot += 1) {
    await Promise.all(calls.filter((_, index) => index % SLOTS === slot).map((call) => call()))
    await clock.sleep(begun + ((slot + 1) * 1_000) / SLOTS - clock.monotonic(), signal)
  }
}

function toCalls(etcd: EtcdGateway, plan: SecondPlan, second: number): (() => Promise<unknown>)[] {
  const times = (count: number, call: (n: number) => Promise<unknown>) =>
    Array.from({ length: count }, (_, index) => () => call(second * count + index))
  return [
    ...times(plan.puts, (n) => putOrder(etcd, n, plan.valueBytes)),
    ...times(plan.ranges, (n) => readOrders(etcd, n)),
    ...times(plan.deletes, (n) => etcd.call('kv/deleterange', { key: orderKey(n * 7) })),
    ...times(plan.txns, (n) => countVisit(etcd, n)),
    ...times(plan.leases, (n) => openSession(etcd, n)),
  ]
}

const base64 = (text: string) => Buffer.from(text).toString('base64')
const orderKey = (n: number) => base64(`/demo/orders/${String(n % ORDERS).padStart(6, '0')}`)

const putOrder = (etcd: EtcdGateway, n: number, bytes: number) =>
  etcd.call('kv/put', {
    key: orderKey(n),
    value: base64(JSON.stringify({ order: n, note: '.'.repeat(bytes) })),
  })

function readOrders(etcd: EtcdGateway, n: number) {
  const many = n % 10 === 0
  const end = many ? { range_end: base64('/demo/orders0'), limit: '20' } : {}
  return etcd.call('kv/range', { key: orderKey(n * 13), ...end, serializable: n % 3 === 0 })
}

/** Two writes in one, as a count and its log: etcd's counter of transactions leaves out those of a single operation. */
function countVisit(etcd: EtcdGateway, n: number) {
  const key = base64(`/demo/visits/${n % 5}`)
  const log = { request_put: { key: base64(`/demo/visits/log/${n % 100}`), value: base64(`visit ${n}`) } }
  return etcd.call('kv/txn', {
    compare: [{ key, target: 'VERSION', result: 'GREATER', version: '0' }],
    success: [{ request_put: { key, value: base64(String(n)) } }, log],
    failure: [{ request_put: { key, value: base64('1') } }, log],
  })
}

async function openSession(etcd: EtcdGateway, n: number) {
  const lease = await etcd.call('lease/grant', { TTL: String(SESSION_SECONDS) })
  if (typeof lease?.ID !== 'string') return
  await etcd.call('kv/put', { key: base64(`/demo/sessions/${n}`), value: base64('open'), lease: lease.ID })
}

async function watchOrders(etcd: EtcdGateway, index: number, clock: Clock, signal: AbortSignal) {
  const range = { key: base64('/demo/'), range_end: base64('/demo0') }
  while (!signal.aborted) {
    await etcd.follow(index, 'watch', { create_request: range })
    await clock.sleep(WATCH_AGAIN, signal)
  }
}

/** Compacts the history, and now and then defragments one member: the size of the database goes up and down. */
async function housekeep(etcd: EtcdGateway, second: number, endpoints: readonly string[]): Promise<void> {
  if (second % COMPACT_EVERY === COMPACT_EVERY - 1) {
    const answer = await etcd.call('kv/range', { key: base64('/demo/') })
    const revision = (answer?.header as { revision?: string } | undefined)?.revision // etcd's ResponseHeader
    if (revision !== undefined) await etcd.call('kv/compaction', { revision })
  }
  if (second % DEFRAGMENT_EVERY === DEFRAGMENT_EVERY - 1)
    await etcd.callMember(
      Math.floor(second / DEFRAGMENT_EVERY) % endpoints.length,
      'maintenance/defragment',
      {},
    )
}
