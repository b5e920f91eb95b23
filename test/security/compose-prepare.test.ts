import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { influxCall, startInfluxdb } from '@etcdmonitor/rig/influxdb'
import { needServer } from '@etcdmonitor/rig/need-server'
import { expect, it } from 'vitest'
import { REPOSITORY } from '../setup/planted-tree.ts'

const NAME = 'etcdmonitor'
const COMPOSE = join(REPOSITORY, 'infra/compose')

async function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env } })
  const said = text(child.stderr)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${await said}`)
}

needServer('influxd', () => {
  it('sets a new InfluxDB up, with a token for each process that may do what it needs and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'etcdmonitor-prepare-'))
    using _ = { [Symbol.dispose]: () => rmSync(folder, { recursive: true }) }
    await run('sh', [join(COMPOSE, 'make-secrets.sh'), folder])
    const [collector, console] = ['collector', 'console'].map((name) => join(folder, name))
    for (const place of [collector, console]) mkdirSync(place ?? '', { mode: 0o700 })
    const prepare = (url: string) =>
      run(process.execPath, [join(COMPOSE, 'prepare.ts')], {
        INFLUXDB_URL: url,
        INFLUXDB_NAME: NAME,
        INFLUXDB_OPERATOR_PASSWORD_FILE: join(folder, 'influxdb-password'),
        INFLUXDB_OPERATOR_TOKEN_FILE: join(folder, 'influxdb-token'),
        COLLECTOR_FOLDER: collector ?? '',
        CONSOLE_FOLDER: console ?? '',
      })
    const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8').trim()
    await using server = await startInfluxdb({
      async setUp(url) {
        await prepare(url)
        const operatorToken = read('influxdb-token')
        return { url, org: NAME, orgId: '', operatorToken }
      },
    })

    const answers = async (token: string, path: string, body: string, type = 'text/plain') => {
      const { status } = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Token ${token}`, 'content-type': type },
        body,
        signal: AbortSignal.timeout(60_000),
        redirect: 'error',
      })
      return status
    }
    const { orgs } = (await influxCall(server, '/api/v2/orgs')) as {
      readonly orgs: readonly { id: string }[]
    }
    const orgID = orgs[0]?.id
    const query = `from(bucket: "${NAME}") |> range(start: 0) |> limit(n: 1)`
    const rightsOf = async (token: string) => ({
      write: await answers(token, `/api/v2/write?org=${NAME}&bucket=${NAME}`, 'm f=1'),
      read: await answers(token, `/api/v2/query?org=${NAME}`, query, 'application/vnd.flux'),
      others: await answers(
        token,
        '/api/v2/buckets',
        JSON.stringify({ orgID, name: 'x' }),
        'application/json',
      ),
    })
    const tokens = ['collector', 'console'].map((name) => read(name, 'influxdb-token'))
    expect(await rightsOf(tokens[0] ?? '')).toEqual({ write: 204, read: 200, others: 401 })
    expect(await rightsOf(tokens[1] ?? '')).toEqual({ write: 403, read: 200, others: 401 })
    expect(await influxCall(server, `/api/v2/buckets?name=${NAME}`)).toMatchObject({
      buckets: [{ retentionRules: [{ everySeconds: 91 * 86_400, shardGroupDurationSeconds: 86_400 }] }],
    })
    for (const file of ['collector/influxdb-token', 'console/influxdb-token', 'console/session-key'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)

    const key = read('console', 'session-key')
    await prepare(server.url)
    expect(['collector', 'console'].map((name) => read(name, 'influxdb-token'))).toEqual(tokens)
    expect(read('console', 'session-key')).toBe(key)
  })
})
