import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isBefore36 } from '@etcdmonitor/core/operations/known-versions'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions, findEtcdutl } from '@etcdmonitor/rig/etcd-versions'
import { freePorts } from '@etcdmonitor/rig/free-ports'
import { httpCall } from '@etcdmonitor/rig/http-call'
import { needServer } from '@etcdmonitor/rig/need-server'
import type { Ensured } from '@etcdmonitor/rig/servers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { bearer } from '../../../api-rig.contract.ts'
import { openEtcd, openOpsApi } from '../../../ops-rig.contract.ts'

const run = promisify(execFile)
const KEYS = 300
/** `\\0`: the first of all keys, and no end. */
const ALL = { key: 'AA==', range_end: 'AA==' }

/** etcd's JSON gateway. */
async function call(url: string, path: string, json: object): Promise<Record<string, unknown>> {
  const { status, body } = await httpCall({ url: `${url}/v3/${path}`, json })
  if (status !== 200) throw new Error(`${path}: ${status} ${body}`)
  return JSON.parse(body) as Record<string, unknown>
}

const toBase64 = (bytes: string | Uint8Array) => Buffer.from(bytes).toString('base64')

/** Keys that were written once, again, or deleted; of bytes that are no text; under a lease. */
async function writeKeys(url: string): Promise<void> {
  const { ID: lease } = await call(url, 'lease/grant', { TTL: 3_600 })
  for (let number = 0; number < KEYS; number += 1) {
    const key = toBase64(
      number % 5 === 0 ? Buffer.of(255, number % 256, number >> 8, 0) : `/restore/${number}`,
    )
    const value = toBase64(Buffer.alloc(number * 10, number))
    await call(url, 'kv/put', { key, value, ...(number % 7 === 0 && { lease }) })
    if (number % 3 === 0) await call(url, 'kv/put', { key, value: toBase64(`again ${number}`) })
    if (number % 11 === 0) await call(url, 'kv/deleterange', { key })
  }
}

/** Every key with its value, its revisions and its lease. */
const readKeys = async (url: string, revision?: number) =>
  (await call(url, 'kv/range', { ...ALL, ...(revision !== undefined && { revision }) })).kvs

/** As the interface tells people: etcdctl until 3.5, then etcdutl; etcd 3.6 does not start on what etcdctl 3.4 made. */
const toolFor = (etcdctl: string, version: string): Ensured =>
  isBefore36(`${version}.0`) || version === 'given' ? { path: etcdctl } : findEtcdutl(version)

needServer('etcdctl', (etcdctl) => {
  describe.each(etcdVersions())('a snapshot of etcd $version', (server) => {
    const tool = toolFor(etcdctl, server.version)
    const isMissing = 'missing' in server || 'missing' in tool // the reason is told by etcd-cluster.server.test.ts

    it.skipIf(isMissing)(
      "OP13 of each member by name is restored by etcd's own tool to the keys of its revision",
      async () => {
        if (isMissing) return
        await using servers = await startEtcdCluster({ members: 3, binary: server.path })
        const [url = ''] = servers.endpoints
        await writeKeys(url)
        const etcd = openEtcd(servers.endpoints)
        const { app, token, untilEnded } = await openOpsApi({ etcd })
        const { members } = await etcd.view({ maxAge: 0, wait: 3_000 })
        expect(members).toHaveLength(3)
        for (const { id } of members) {
          const response = await app.fetch(
            new Request(`http://console.test/api/ops/snapshot?member_id=${id}`, { headers: bearer(token) }),
            { peer: '192.0.2.1' },
          )
          const bytes = new Uint8Array(await response.arrayBuffer())
          const { result } = await untilEnded(response.headers.get('x-run-id') ?? '')
          await using restored = await restore(tool.path, { bytes, binary: server.path })
          expect(restored.status).toMatchObject({ revision: result.revision, totalSize: bytes.length - 32 })
          const keys = await readKeys(restored.url)
          expect(keys).toHaveLength(KEYS - Math.ceil(KEYS / 11))
          expect(keys).toEqual(await readKeys(url, result.revision))
        }
      },
    )
  })
})

/** A cluster of one member made of a snapshot file, and what the tool says of the file. */
async function restore(
  tool: string,
  { bytes, binary }: { readonly bytes: Uint8Array; readonly binary: string },
) {
  const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-restore-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'snapshot.db')
  writeFileSync(file, bytes)
  const env = { PATH: process.env.PATH, ETCDCTL_API: '3' }
  const { stdout } = await run(tool, ['snapshot', 'status', file, '--write-out=json'], { env })
  const ports = await freePorts(2)
  const peer = `http://127.0.0.1:${ports[1]}`
  const flags = {
    'data-dir': join(folder, 'etcd-0'),
    name: 'etcd-0',
    'initial-cluster': `etcd-0=${peer}`,
    'initial-cluster-token': 'etcdmonitor',
    'initial-advertise-peer-urls': peer,
  }
  const named = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  await run(tool, ['snapshot', 'restore', file, ...named], { env })
  const cluster = await startEtcdCluster({ members: 1, binary, ports, folder })
  return {
    url: cluster.endpoints[0] ?? '',
    status: JSON.parse(stdout) as Readonly<Record<string, number>>,
    [Symbol.asyncDispose]: () => cluster.dispose(),
  }
}
