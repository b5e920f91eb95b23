import { readFileSync } from 'node:fs'
import { parseConfig } from '@etcdmonitor/core/config/parse-config'
import type { EtcdCluster } from '@etcdmonitor/core/ports/etcd-cluster'
import { makeCertificates } from '@etcdmonitor/rig/certificates'
import { startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { systemClock } from '../node/clock.ts'
import { FRESH, recordingLog } from './open-client.contract.ts'
import { openConfiguredCluster } from './open-configured-cluster.ts'

function open(etcd: Readonly<Record<string, unknown>>): EtcdCluster {
  const readFile = () => {
    throw new Error('no secret is in a file here')
  }
  const { config, problems } = parseConfig({ etcd }, { env: {}, readFile })
  expect(problems).toEqual([])
  const { tls_ca_cert: ca, tls_cert: cert, tls_key: key } = config.etcd
  const tlsFiles = {
    ...(ca && { ca: readFileSync(ca) }),
    ...(cert && { cert: readFileSync(cert), key: readFileSync(key) }),
  }
  const options = { tlsFiles, interval: 1_000, clock: systemClock, log: recordingLog([]) }
  return openConfiguredCluster(config, options)
}

async function failureOf(etcd: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  await using cluster = open(etcd)
  return (await cluster.view(FRESH)).endpoints[0]?.failure?.kind
}

needServer('etcd', (binary) => {
  it('shows its certificate, and verifies by the CA and the name that are configured', async () => {
    await using files = await makeCertificates()
    const tls = { caFile: files.caFile, ...files.server, clientCertAuth: true }
    await using servers = await startEtcdCluster({ members: 1, binary, tls })
    const etcd = {
      endpoint: servers.endpoints[0],
      tls_enable: true,
      tls_ca_cert: files.caFile,
      tls_cert: files.client.certFile,
      tls_key: files.client.keyFile,
    }
    expect(await failureOf(etcd)).toBeUndefined()
    expect(await failureOf({ ...etcd, tls_server_name: 'other.invalid' })).toBe('tls_name')
    const unverified = { ...etcd, tls_server_name: 'other.invalid', tls_insecure_skip_verify: true }
    expect(await failureOf(unverified)).toBeUndefined()
    expect(await failureOf({ ...etcd, tls_cert: '', tls_key: '' })).toBe('tls_client_cert_required')
    expect(await failureOf({ ...etcd, tls_ca_cert: '' })).toBe('tls_untrusted')
  })
})
