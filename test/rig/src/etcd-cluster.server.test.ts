import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { makeCertificates } from './certificates.ts'
import { type EtcdCluster, startEtcdCluster } from './etcd-cluster.ts'
import { etcdVersions } from './etcd-versions.ts'
import { freePorts } from './free-ports.ts'
import { httpCall } from './http-call.ts'
import { isRunning } from './is-running.ts'
import { needServer } from './need-server.ts'
import { startProgram } from './processes.ts'

const key = Buffer.from('key').toString('base64')
const stateOf = (pid: number) => /^State:\t(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
const put = (url: string) => httpCall({ url: `${url}/v3/kv/put`, json: { key, value: key } })

async function roles({ members }: EtcdCluster) {
  const pages = await Promise.all(members.map(({ url }) => httpCall({ url: `${url}/metrics` })))
  const isLeader = pages.map(({ body }) => body.includes('\netcd_server_is_leader 1\n'))
  return {
    leader: members.find((_, index) => isLeader[index]),
    followers: members.filter((_, index) => !isLeader[index]),
  }
}

needServer('etcd', () => {
  describe.each(etcdVersions())('etcd cluster of $version', (release) => {
    it('loses a follower and gets it back', async ({ skip }) => {
      if ('missing' in release) return skip(release.missing)
      await using cluster = await startEtcdCluster({ members: 3, binary: release.path })
      const { leader, followers } = await roles(cluster)
      const [lost] = followers
      await lost!.kill()
      await expect(httpCall({ url: `${lost!.url}/health` })).rejects.toThrow('ECONNREFUSED')
      expect((await put(leader!.url)).status).toBe(200)
      const before = lost!.pid
      await lost!.restart()
      expect(lost!.pid).not.toBe(before)
      const { body } = await httpCall({ url: `${lost!.url}/metrics` })
      expect(body).toContain('\netcd_server_has_leader 1\n')
    })
  })

  it('hangs and resumes', async () => {
    await using cluster = await startEtcdCluster({ members: 1 })
    const [member] = cluster.members
    member?.hang()
    let answered = false
    const answer = put(cluster.endpoints[0]!).then((got) => {
      answered = true
      return got
    })
    await expect.poll(() => stateOf(member!.pid)).toBe('T')
    expect(answered).toBe(false)
    member?.resume()
    expect((await answer).status).toBe(200)
  })

  it('asks for a password', async () => {
    const auth = { username: 'monitor', password: 'secret' }
    await using cluster = await startEtcdCluster({ members: 1, auth })
    const url = cluster.endpoints[0]!
    expect((await put(url)).body).toContain('user name is empty')
    const login = { name: auth.username, password: auth.password }
    expect((await httpCall({ url: `${url}/v3/auth/authenticate`, json: login })).status).toBe(200)
  })

  it('asks for a client certificate', async () => {
    await using made = await makeCertificates()
    const tls = { caFile: made.caFile, ...made.server, clientCertAuth: true }
    await using cluster = await startEtcdCluster({
      members: 1,
      tls,
      auth: { username: 'root', password: 'x' },
    })
    expect(cluster.endpoints[0]).toMatch(/^https:/)
    await expect(put(cluster.endpoints[0]!)).rejects.toThrow(/certificate required|bad certificate/)
  })

  it('asks for none unless told to', async () => {
    await using made = await makeCertificates()
    const tls = { caFile: made.caFile, ...made.expired }
    await using cluster = await startEtcdCluster({ members: 1, tls })
    expect((await put(cluster.endpoints[0]!)).status).toBe(200)
  })

  it('serves metrics at a port of their own too', async () => {
    const metricsPorts = await freePorts(1)
    await using cluster = await startEtcdCluster({ members: 1, metricsPorts })
    const pages = [cluster.endpoints[0], `http://127.0.0.1:${metricsPorts[0]}`].map((url) =>
      httpCall({ url: `${url}/metrics` }),
    )
    for (const page of pages) expect((await page).body).toContain('\netcd_server_has_leader 1\n')
  })

  it('says why a member ended', async () => {
    const started = startEtcdCluster({ members: 1, flags: ['--no-such-flag'] })
    await expect(started).rejects.toThrow(/etcd-0 ended; its log ends:.*no-such-flag/s)
  })

  it('ends with its owner, also when that is killed', async () => {
    const module = JSON.stringify(new URL('./etcd-cluster.ts', import.meta.url).href)
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-owned-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const source = `
      const { startEtcdCluster } = await import(${module})
      const { members } = await startEtcdCluster({ members: 3, folder: ${JSON.stringify(folder)} })
      console.log(JSON.stringify({ pids: members.map(({ pid }) => pid) }))`
    await using owner = await startProgram({ args: ['--input-type=module', '-e', source] })
    const { json } = await owner.waitForLine((line) => line.json !== undefined)
    const pids = json?.pids as number[] // as printed above
    expect(pids.map(isRunning)).toEqual([true, true, true])
    await owner.kill()
    await expect.poll(() => pids.map(isRunning)).toEqual([false, false, false])
  })
})
