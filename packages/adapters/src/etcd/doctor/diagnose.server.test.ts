import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import type { DoctorStage } from '@etcdmonitor/core/etcd/doctor-stage'
import { toSecret } from '@etcdmonitor/core/secret'
import { type Certificates, type KeyPair, makeCertificates } from '@etcdmonitor/rig/certificates'
import { type EtcdCluster as Servers, startEtcdCluster } from '@etcdmonitor/rig/etcd-cluster'
import { etcdVersions } from '@etcdmonitor/rig/etcd-versions'
import { startFaultProxy } from '@etcdmonitor/rig/fault-proxy'
import { needServer } from '@etcdmonitor/rig/need-server'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TlsSettings } from '../connection/tls-material.ts'
import { callGateway } from '../kv/kv-rig.contract.ts'
import { FRESH, hangMember, openClient } from '../open-client.contract.ts'

type Options = Partial<Parameters<typeof openClient>[0]>

const ROOT = { username: 'operator', password: 'correct horse' }

async function walk(url: string, over: Options = {}): Promise<readonly DoctorStage[]> {
  await using client = openClient({ endpoints: [url], ...over })
  return await client.diagnose(url)
}
/** The stages that passed, and the kind and sentence of the one that failed. */
async function seen(url: string, over: Options = {}) {
  const stages = await walk(url, over)
  const last = stages.at(-1)
  expect(stages.slice(0, -1).every(({ ok }) => ok)).toBe(true)
  return { at: last?.stage, kind: last?.failure?.kind ?? 'ok', detail: last?.detail ?? '' }
}

needServer('etcd', () => {
  const listening: Server[] = []
  afterEach(() => {
    for (const server of listening.splice(0)) server.close()
  })
  async function listen(server: Server, scheme = 'http'): Promise<string> {
    listening.push(server)
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  for (const found of etcdVersions()) {
    if ('missing' in found) continue
    describe(`the walk to an endpoint, etcd ${found.version}`, () => {
      it('passes every stage, and says at each what it found', async () => {
        await using servers = await startEtcdCluster({ members: 1, binary: found.path })
        const [url = ''] = servers.endpoints
        const stages = await walk(url)
        expect(stages.map(({ stage, ok }) => [stage, ok])).toEqual(
          ['dns', 'tcp', 'tls', 'auth', 'quorum', 'ready'].map((stage) => [stage, true]),
        )
        expect(stages.map(({ detail }) => detail)).toEqual([
          'an address needs no name server',
          `127.0.0.1 at port ${new URL(url).port} takes connections`,
          'plain text, as http:// says',
          expect.stringMatching(/^member [1-9]\d+ with etcd \d+\.\d+\.\d+ answers$/),
          'a read that needs a leader is answered',
          'ready',
        ])
        const named = await walk(url.replace('127.0.0.1', 'localhost'))
        expect(named[0]?.detail).toMatch(/^localhost is .*127\.0\.0\.1/)
        expect(named.at(-1)).toMatchObject({ stage: 'ready', ok: true })
      })

      it('passes for a user with few rights, and says which user it is; not for a wrong password', async () => {
        const flags = ['--bcrypt-cost=4']
        await using servers = await startEtcdCluster({ members: 1, binary: found.path, auth: ROOT, flags })
        const [url = ''] = servers.endpoints
        const { token } = await callGateway<{ token: string }>(url, 'auth/authenticate', {
          name: ROOT.username,
          password: ROOT.password,
        })
        await callGateway(url, 'auth/user/add', { name: 'app', password: ROOT.password }, token)
        const app = await walk(url, { username: 'app', password: toSecret(ROOT.password) })
        expect(app.at(-1)).toMatchObject({ stage: 'ready', ok: true })
        expect(app.find(({ stage }) => stage === 'quorum')?.detail).toBe(
          'our etcd user may not read this key',
        )
        expect(await seen(url, { username: 'app', password: toSecret('no') })).toEqual({
          at: 'auth',
          kind: 'auth_failed',
          detail: 'etcd refuses the user "app": user name or password is wrong',
        })
      })
    })
  }

  describe('an endpoint that fails', () => {
    let servers: Servers
    beforeAll(async () => {
      servers = await startEtcdCluster({ members: 3 })
    })
    afterAll(() => servers.dispose())

    it('is one that is configured', async () => {
      await using client = openClient({ endpoints: servers.endpoints })
      await expect(client.diagnose('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'not_found' })
    })

    it('ends with the reason of an abort', async () => {
      const url = await listen(createServer((socket) => socket.resume()))
      await using client = openClient({ endpoints: [url] })
      const leaving = new AbortController()
      const walking = client.diagnose(url, { signal: leaving.signal })
      const reason = new Error('left')
      leaving.abort(reason)
      await expect(walking).rejects.toBe(reason)
    })

    it('fails at dns, tcp, or the first answer, each with its sentence', async () => {
      expect(await seen('http://no-such-host.invalid:2379')).toMatchObject({ at: 'dns', kind: 'dns' })
      expect(await seen('http://127.0.0.1:1')).toEqual({
        at: 'tcp',
        kind: 'refused',
        detail: 'connection refused: nothing listens there; in a container 127.0.0.1 is the container itself',
      })
      const silent = await listen(createServer((socket) => socket.resume()))
      expect(await seen(silent)).toEqual({
        at: 'tls',
        kind: 'timeout',
        detail:
          'accepts connections but does not answer in time: it may be starting without a quorum, or hang',
      })
      const page = await listen(createHttpServer((_, response) => response.end('metrics')))
      expect(await seen(page)).toEqual({
        at: 'tls',
        kind: 'not_etcd',
        detail: "something answers there, but not etcd's client port (a metrics listener?)",
      })
    })

    it('hangs: what takes connections and greets nobody', async () => {
      const follower = servers.members[2]
      await hangMember(follower)
      try {
        expect(await seen(follower?.url ?? '')).toMatchObject({ at: 'tls', kind: 'timeout' })
      } finally {
        follower?.resume()
        await follower?.untilHealthy()
      }
    })

    it('answers, but belongs to another cluster', async () => {
      await using other = await startEtcdCluster({ members: 1, token: 'another' })
      const endpoints = [servers.endpoints[0] ?? '', other.endpoints[0] ?? '']
      await using proxy = await startFaultProxy(endpoints[1] ?? '')
      await proxy.set({ mode: 'refuse' })
      await using client = openClient({ endpoints: [endpoints[0] ?? '', proxy.url], interval: 0 })
      await client.view(FRESH)
      await proxy.set({ mode: 'pass' })
      expect((await client.diagnose(proxy.url)).at(-1)).toMatchObject({
        stage: 'auth',
        ok: false,
        failure: { kind: 'wrong_cluster' },
      })
    })

    it('answers, but knows no leader: the stage quorum, within its 5 s', async () => {
      const [kept, ...lost] = servers.members
      await using client = openClient({ endpoints: servers.endpoints })
      await Promise.all(lost.map((member) => member.kill()))
      try {
        const isLeaderless = async () => (await client.view(FRESH)).leaderId === undefined
        await expect.poll(isLeaderless).toBe(true)
        const { at, kind, detail } = await seen(kept?.url ?? '')
        expect(at).toBe('quorum')
        expect(['no_leader', 'server_timeout', 'deadline']).toContain(kind)
        expect(detail).toMatch(/no leader|does not answer/)
      } finally {
        await Promise.all(lost.map((member) => member.restart()))
      }
    })
  })

  describe('D4 a fault of TLS', () => {
    let ours: Certificates
    let foreign: Certificates
    let servers: Servers
    let url = ''
    beforeAll(async () => {
      ours = await makeCertificates()
      foreign = await makeCertificates()
      const tls = { caFile: ours.caFile, ...ours.server, clientCertAuth: true }
      servers = await startEtcdCluster({ members: 1, tls })
      url = servers.endpoints[0] ?? ''
    })
    afterAll(async () => {
      await servers.dispose()
      await ours[Symbol.asyncDispose]()
      await foreign[Symbol.asyncDispose]()
    })

    const tlsOf = (ca: string, pair?: KeyPair, more: Partial<TlsSettings> = {}): TlsSettings => ({
      ca: readFileSync(ca),
      ...(pair && { cert: readFileSync(pair.certFile), key: readFileSync(pair.keyFile) }),
      serverName: '',
      insecureSkipVerify: false,
      ...more,
    })
    const filesOf = (pair: KeyPair) => ({
      cert: readFileSync(pair.certFile),
      key: readFileSync(pair.keyFile),
    })

    it('is none: protocol, issuer, names and the ends of both certificates are told', async () => {
      const stages = await walk(url, { tls: tlsOf(ours.caFile, ours.client) })
      expect(stages.at(-1)).toMatchObject({ stage: 'ready', ok: true })
      const { tls, detail } = stages.find(({ stage }) => stage === 'tls') ?? {}
      expect(tls?.protocol).toBe('TLSv1.3')
      expect(tls?.names).toEqual(expect.arrayContaining(['127.0.0.1', 'localhost']))
      expect(tls?.issuer).not.toBe('')
      expect(tls?.expiresAt).toBeGreaterThan(Date.now())
      expect(tls?.clientExpiresAt).toBeGreaterThan(Date.now())
      expect(detail).toContain(`TLSv1.3, a certificate of ${tls?.issuer}, valid until `)
      const unverified = tlsOf(foreign.caFile, ours.client, { insecureSkipVerify: true })
      const open = await walk(url, { tls: unverified })
      expect(open.find(({ stage }) => stage === 'tls')?.detail).toMatch(/not verified/)
    })

    it.each<[string, string, (url: string) => Promise<Awaited<ReturnType<typeof seen>>>, RegExp]>([
      [
        'a wrong CA',
        'tls_untrusted',
        (at) => seen(at, { tls: tlsOf(foreign.caFile, ours.client) }),
        /^the certificate is signed by .+, which is not trusted here: set etcd\.tls_ca_cert/,
      ],
      [
        'a wrong name',
        'tls_name',
        (at) => seen(at, { tls: tlsOf(ours.caFile, ours.client, { serverName: 'other.invalid' }) }),
        /^the certificate is for .*127\.0\.0\.1.*, not for 127\.0\.0\.1: use one of its names or set etcd\.tls_server_name$/,
      ],
      [
        'no client certificate',
        'tls_client_cert_required',
        (at) => seen(at, { tls: tlsOf(ours.caFile) }),
        /^the server asks for a client certificate: set etcd\.tls_cert and etcd\.tls_key/,
      ],
      [
        'a client certificate of another CA',
        'tls_client_cert_required',
        (at) => seen(at, { tls: tlsOf(ours.caFile, foreign.client) }),
        /^the server refuses our certificate \(etcd\.tls_cert\), which is signed by /,
      ],
      [
        'an expired client certificate',
        'tls_expired',
        (at) => seen(at, { tls: tlsOf(ours.caFile, ours.expired) }),
        /^our certificate \(etcd\.tls_cert\) expired on 2021-01-01T00:00:00\.000Z: renew it$/,
      ],
      [
        'http to a TLS port',
        'tls_protocol',
        (at) => seen(at.replace('https:', 'http:')),
        /^one side speaks TLS and the other does not: check http:\/\/ and https:\/\/$/,
      ],
    ])('%s is %s, with a way out', async (_, kind, look, sentence) => {
      const found = await look(url)
      expect(found).toMatchObject({ at: 'tls', kind })
      expect(found.detail).toMatch(sentence)
    })

    it('a client certificate that is not for clients has a sentence of its own', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-usage-'))
      try {
        const pair = issueForServersOnly(folder, ours.caFile)
        const { at, kind, detail } = await seen(url, { tls: tlsOf(ours.caFile, pair) })
        expect({ at, kind }).toEqual({ at: 'tls', kind: 'tls_client_cert_required' })
        expect(detail).toMatch(/not for clients: its extended key usage lacks clientAuth$/)
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

    it('an expired certificate of the server, one for another address, https to plain text, to a page', async () => {
      const tls = tlsOf(ours.caFile, ours.client)
      const show = (pair: KeyPair) =>
        listen(
          createTlsServer({ ...filesOf(pair), ALPNProtocols: ['h2'] }, (socket: Socket) =>
            socket.on('error', () => undefined).resume(),
          ),
          'https',
        )
      expect(await seen(await show(ours.expired), { tls })).toMatchObject({
        kind: 'tls_expired',
        detail: 'the certificate of the server expired on 2021-01-01T00:00:00.000Z: renew it',
      })
      expect(await seen(await show(ours.wrongName), { tls })).toMatchObject({
        kind: 'tls_name',
        detail: expect.stringMatching(/^the certificate is for .*other\.invalid.*, not for 127\.0\.0\.1: /),
      })
      const plain = (
        await listen(createServer((socket) => socket.on('error', () => undefined).end('no TLS')))
      ).replace('http:', 'https:')
      expect(await seen(plain, { tls })).toMatchObject({ at: 'tls', kind: 'tls_protocol' })
      const page = await listen(
        createHttpsServer(filesOf(ours.server), (_, answer) => answer.end('x')),
        'https',
      )
      expect(await seen(page, { tls })).toMatchObject({ at: 'tls', kind: 'not_etcd' })
    })

    it('ET35 D6 leaves no line in the log of etcd when all is well', async () => {
      const rejected = () => servers.members[0]?.logs().match(/rejected connection/g)?.length ?? 0
      const before = rejected()
      for (let round = 0; round < 3; round += 1) await walk(url, { tls: tlsOf(ours.caFile, ours.client) })
      expect(rejected()).toBe(before)
    })
  })
})

/** A certificate of this CA whose extended key usage is serverAuth alone. */
function issueForServersOnly(folder: string, caFile: string): KeyPair {
  const [certFile, keyFile] = [join(folder, 'c.pem'), join(folder, 'k.pem')]
  const caKey = caFile.replace(/\.pem$/, '-key.pem')
  const flags = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ]
  const usage = ['-addext', 'extendedKeyUsage=serverAuth', '-addext', 'basicConstraints=critical,CA:FALSE']
  const signer = ['-CA', caFile, '-CAkey', caKey]
  execFileSync(
    'openssl',
    [...flags, '-subj', '/CN=monitor', ...usage, ...signer, '-keyout', keyFile, '-out', certFile],
    {
      stdio: 'ignore',
    },
  )
  return { certFile, keyFile }
}
