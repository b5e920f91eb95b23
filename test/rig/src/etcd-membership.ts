import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EtcdCluster } from './etcd-cluster.ts'
import { type EtcdMember, startMember } from './etcd-member.ts'
import { freePorts } from './free-ports.ts'
import { httpCall } from './http-call.ts'
import { findServer } from './servers.ts'

/** Attempts at a change that etcd refuses while a member is new or catches up. */
const PATIENCE = 60_000
const BETWEEN_TRIES = 200

export interface JoinOptions {
  readonly name: string
  readonly isLearner?: boolean
  /** Takes this member's addresses; it must have ended. Else free ports. */
  readonly instead?: Pick<EtcdMember, 'url' | 'peerUrl'>
}

export interface JoiningMember extends AsyncDisposable {
  /** Decimal. */
  readonly id: string
  readonly url: string
  /** Starts its process, with no data, and waits until it answers. Until then it is listed without a name. */
  start(): Promise<EtcdMember>
}

/** Adds a member to the list of a running cluster without TLS and authentication. Disposing kills it; the list keeps it. */
export async function addMember(
  { endpoints }: Pick<EtcdCluster, 'endpoints'>,
  { name, isLearner = false, instead }: JoinOptions,
): Promise<JoiningMember> {
  const [clientPort, peerPort] = await freePorts(2)
  const url = instead?.url ?? `http://127.0.0.1:${clientPort}`
  const peerUrl = instead?.peerUrl ?? `http://127.0.0.1:${peerPort}`
  const answer = await change(endpoints[0] ?? '', 'add', { peerURLs: [peerUrl], isLearner })
  const { member, members } = answer as unknown as Added // etcd's JSON of MemberAddResponse
  const peers = members.map((one) => `${one.ID === member.ID ? name : one.name}=${one.peerURLs[0]}`).join(',')
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-joining-'))
  let started: EtcdMember | undefined
  return {
    id: member.ID,
    url,
    async start() {
      const binary = findServer('etcd') ?? ''
      const flags = ['--initial-cluster-state=existing']
      const plan = { binary, name, url, peerUrl, peers, token: 'etcdmonitor', flags, tls: undefined }
      started = await startMember({ ...plan, dataFolder: join(folder, name) }, undefined)
      if (!isLearner) await started.untilHealthy() // a learner has no health of its own
      return started
    },
    async [Symbol.asyncDispose]() {
      await started?.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

interface Added {
  readonly member: { readonly ID: string }
  readonly members: readonly { readonly ID: string; readonly name: string; readonly peerURLs: string[] }[]
}

/** Makes a learner a voter, as soon as it has caught up. */
export async function promoteMember(url: string, id: string): Promise<void> {
  await change(url, 'promote', { ID: id })
}

/** Waits for an election too: the member may have been the leader when it was killed. */
export async function removeMember(url: string, id: string): Promise<void> {
  const end = performance.now() + PATIENCE
  for (;;) {
    // 404: a request whose answer was not waited for has removed it
    const answer = await httpCall({ url: `${url}/v3/cluster/member/remove`, json: { ID: id } }).catch(
      () => undefined,
    )
    if (answer?.status === 200 || answer?.status === 404) return
    if (performance.now() > end)
      throw new Error(`etcd did not remove ${id}: ${answer?.body.slice(0, 200) ?? 'no answer'}`)
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES))
  }
}

/** etcd says no to a change while the member that was added last is not connected. */
async function change(url: string, what: string, json: object): Promise<Record<string, unknown>> {
  const end = performance.now() + PATIENCE
  for (;;) {
    const { status, body } = await httpCall({ url: `${url}/v3/cluster/member/${what}`, json })
    if (status === 200) return JSON.parse(body) as Record<string, unknown>
    if (performance.now() > end)
      throw new Error(`etcd refused member/${what}: ${status} ${body.slice(0, 200)}`)
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES))
  }
}
